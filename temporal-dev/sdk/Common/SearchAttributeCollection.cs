using System.Collections;
using Temporalio.Api.Common.V1;
using Temporalio.Workflows;

namespace Temporalio.Common;

/// <summary>
/// Search attributes by key, at most one per name. Immutable for its readers; inside a workflow it changes when the
/// workflow upserts.
/// </summary>
public class SearchAttributeCollection : IReadOnlyCollection<SearchAttributeKey>
{
    public static readonly SearchAttributeCollection Empty = new();

    private readonly SortedDictionary<SearchAttributeKey, object> _values;

    internal SearchAttributeCollection()
        : this(new SortedDictionary<SearchAttributeKey, object>())
    {
    }

    private SearchAttributeCollection(SortedDictionary<SearchAttributeKey, object> values) => _values = values;

    public int Count => _values.Count;

    public IReadOnlyDictionary<SearchAttributeKey, object> UntypedValues => _values;

    public static SearchAttributeCollection FromProto(SearchAttributes searchAttributes)
    {
        var values = new SortedDictionary<SearchAttributeKey, object>();
        foreach (var (name, payload) in searchAttributes.IndexedFields)
        {
            if (SearchAttributePayloads.Read(name, payload) is var (type, value))
            {
                values[new(name, type)] = value;
            }
        }

        return new(values);
    }

    /// <exception cref="KeyNotFoundException">No attribute has both this name and this type.</exception>
    public T Get<T>(SearchAttributeKey<T> key)
        where T : notnull =>
        _values.TryGetValue(key, out var value)
            ? (T)value
            : throw new KeyNotFoundException($"There is no search attribute {key.Name} of type {key.ValueType}.");

    public bool TryGetValue<T>(SearchAttributeKey<T> key, out T value)
        where T : notnull
    {
        var found = _values.TryGetValue(key, out var untyped) && untyped is T;
        value = found ? (T)untyped! : default!;
        return found;
    }

    public bool ContainsKey<T>(SearchAttributeKey<T> key)
        where T : notnull => _values.ContainsKey(key);

    /// <summary>Whether an attribute has this name, whatever its type.</summary>
    public bool ContainsKey(string key) => KeyNamed(_values, key) is not null;

    public IEnumerator<SearchAttributeKey> GetEnumerator() => _values.Keys.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public SearchAttributes ToProto()
    {
        var proto = new SearchAttributes();
        foreach (var (key, value) in _values)
        {
            proto.IndexedFields.Add(key.Name, SearchAttributePayloads.Write(key, value));
        }

        return proto;
    }

    /// <summary>Not thread-safe: a workflow calls it on its own collection.</summary>
    internal void ApplyUpdates(IReadOnlyCollection<SearchAttributeUpdate> updates)
    {
        var repeated = updates.GroupBy(update => update.UntypedKey.Name).FirstOrDefault(group => group.Count() > 1);
        if (repeated is not null)
        {
            throw new ArgumentException($"The search attribute {repeated.Key} is updated more than once in one call.", nameof(updates));
        }

        foreach (var update in updates)
        {
            RemoveNamed(_values, update.UntypedKey.Name);
            if (update.HasValue)
            {
                _values[update.UntypedKey] = update.UntypedValue;
            }
        }
    }

    private static SearchAttributeKey? KeyNamed(SortedDictionary<SearchAttributeKey, object> values, string name) =>
        values.Keys.FirstOrDefault(key => key.Name == name);

    private static void RemoveNamed(SortedDictionary<SearchAttributeKey, object> values, string name)
    {
        if (KeyNamed(values, name) is { } existing)
        {
            values.Remove(existing);
        }
    }

    /// <summary>Setting replaces whatever had the same name, also of another type. Not thread-safe.</summary>
    public class Builder
    {
        private readonly SortedDictionary<SearchAttributeKey, object> _values = [];

        public Builder()
        {
        }

        public Builder(SearchAttributeCollection searchAttributes) => Set(searchAttributes);

        public Builder Set<T>(SearchAttributeKey<T> key, T value)
            where T : notnull => SetUntyped(key, value);

        public Builder Set(SearchAttributeCollection searchAttributes)
        {
            foreach (var (key, value) in searchAttributes._values)
            {
                SetUntyped(key, value);
            }

            return this;
        }

        public Builder Unset(SearchAttributeKey key) => Unset(key.Name);

        public Builder Unset(string name)
        {
            RemoveNamed(_values, name);
            return this;
        }

        /// <returns>A copy: the builder can be used further.</returns>
        public SearchAttributeCollection ToSearchAttributeCollection() =>
            new(new SortedDictionary<SearchAttributeKey, object>(_values));

        private Builder SetUntyped(SearchAttributeKey key, object value)
        {
            ArgumentNullException.ThrowIfNull(value);
            RemoveNamed(_values, key.Name);
            _values[key] = value;
            return this;
        }
    }
}
