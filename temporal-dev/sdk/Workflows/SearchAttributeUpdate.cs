using Temporalio.Common;

namespace Temporalio.Workflows;

/// <summary>A workflow's change of one of its search attributes.</summary>
public abstract class SearchAttributeUpdate
{
    private protected SearchAttributeUpdate(bool hasValue) => HasValue = hasValue;

    public abstract SearchAttributeKey UntypedKey { get; }

    /// <summary>False when the attribute is removed.</summary>
    public bool HasValue { get; private init; }

    /// <exception cref="InvalidOperationException">The attribute is removed.</exception>
    public abstract object UntypedValue { get; }

    public static SearchAttributeUpdate<T> ValueSet<T>(SearchAttributeKey<T> key, T value)
        where T : notnull => new(key, value, hasValue: true);

    public static SearchAttributeUpdate<T> ValueUnset<T>(SearchAttributeKey<T> key)
        where T : notnull => new(key, default!, hasValue: false);
}

public class SearchAttributeUpdate<T> : SearchAttributeUpdate
    where T : notnull
{
    private readonly T _value;

    internal SearchAttributeUpdate(SearchAttributeKey<T> key, T value, bool hasValue)
        : base(hasValue)
    {
        Key = key;
        _value = value;
    }

    public SearchAttributeKey<T> Key { get; private init; }

    /// <exception cref="InvalidOperationException">The attribute is removed.</exception>
    public T Value => HasValue ? _value : throw new InvalidOperationException($"The update removes the search attribute {Key.Name}.");

    public override SearchAttributeKey UntypedKey => Key;

    public override object UntypedValue => Value;
}
