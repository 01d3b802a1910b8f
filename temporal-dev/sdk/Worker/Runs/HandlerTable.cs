using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Temporalio.Worker.Runs;

/// <summary>Handlers by name, which workflow code may change; tells when one is set.</summary>
internal sealed class HandlerTable<T>(IEnumerable<KeyValuePair<string, T>> initial, Action<string> onSet) : IDictionary<string, T>
{
    // Sorted, because workflow code may enumerate it and string hashes differ from process to process.
    private readonly SortedDictionary<string, T> _handlers = new(initial.ToDictionary(), StringComparer.Ordinal);

    public ICollection<string> Keys => _handlers.Keys;

    public ICollection<T> Values => _handlers.Values;

    public int Count => _handlers.Count;

    public bool IsReadOnly => false;

    public T this[string key]
    {
        get => _handlers[key];
        set
        {
            _handlers[key] = value;
            onSet(key);
        }
    }

    public void Add(string key, T value)
    {
        _handlers.Add(key, value);
        onSet(key);
    }

    public void Add(KeyValuePair<string, T> item) => Add(item.Key, item.Value);

    public bool Remove(string key) => _handlers.Remove(key);

    public bool Remove(KeyValuePair<string, T> item) => ((ICollection<KeyValuePair<string, T>>)_handlers).Remove(item);

    public void Clear() => _handlers.Clear();

    public bool ContainsKey(string key) => _handlers.ContainsKey(key);

    public bool Contains(KeyValuePair<string, T> item) => _handlers.Contains(item);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out T value) => _handlers.TryGetValue(key, out value);

    public void CopyTo(KeyValuePair<string, T>[] array, int arrayIndex) => _handlers.CopyTo(array, arrayIndex);

    public IEnumerator<KeyValuePair<string, T>> GetEnumerator() => _handlers.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
