namespace Temporalio.Client;

/// <summary>What one call does differently.</summary>
public class RpcOptions : ICloneable
{
    /// <summary>Null: calls of a client retry, calls of a raw service do not.</summary>
    public bool? Retry { get; set; }

    public IReadOnlyCollection<KeyValuePair<string, string>>? Metadata { get; set; }

    public IReadOnlyCollection<KeyValuePair<string, byte[]>>? BinaryMetadata { get; set; }

    /// <summary>Null: none, except where the server ends a long poll.</summary>
    public TimeSpan? Timeout { get; set; }

    public CancellationToken? CancellationToken { get; set; }

    public virtual object Clone() => MemberwiseClone();

    internal static RpcOptions Retrying(RpcOptions? options) => options switch
    {
        null => new() { Retry = true },
        { Retry: not null } => options,
        _ => options.With(copy => copy.Retry = true),
    };

    /// <summary>Cancelled by either token. The source has to be disposed of after the call.</summary>
    internal static (RpcOptions Options, CancellationTokenSource Source) Linked(RpcOptions? options, CancellationToken token)
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(options?.CancellationToken ?? default, token);
        return (Retrying(options).With(copy => copy.CancellationToken = source.Token), source);
    }

    private RpcOptions With(Action<RpcOptions> change)
    {
        var copy = (RpcOptions)Clone();
        change(copy);
        return copy;
    }
}
