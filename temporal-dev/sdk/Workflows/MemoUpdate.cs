namespace Temporalio.Workflows;

/// <summary>One key of <see cref="Workflow.UpsertMemo"/>.</summary>
public sealed class MemoUpdate
{
    private MemoUpdate(string untypedKey, object? untypedValue)
    {
        UntypedKey = untypedKey;
        UntypedValue = untypedValue;
    }

    public string UntypedKey { get; }

    /// <summary>Null removes the key.</summary>
    public object? UntypedValue { get; }

    public bool HasValue => UntypedValue != null;

    public static MemoUpdate ValueSet(string key, object value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return new(key, value);
    }

    public static MemoUpdate ValueUnset(string key) => new(key, null);
}
