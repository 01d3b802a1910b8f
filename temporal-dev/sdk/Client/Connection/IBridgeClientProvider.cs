namespace Temporalio.Client;

/// <summary>What a worker needs to open its own connection to the same server.</summary>
public interface IBridgeClientProvider
{
    TemporalConnectionOptions Options { get; }

    /// <summary>The current one; it may have been replaced since the options were read.</summary>
    string? ApiKey { get; set; }

    /// <summary>The current ones; they may have been replaced since the options were read.</summary>
    IReadOnlyCollection<KeyValuePair<string, string>> RpcMetadata { get; set; }
}
