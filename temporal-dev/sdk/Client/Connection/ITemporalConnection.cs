namespace Temporalio.Client;

/// <summary>A connection to a Temporal server. Thread-safe; meant to be shared.</summary>
public interface ITemporalConnection : IBridgeClientProvider
{
    IReadOnlyCollection<KeyValuePair<string, byte[]>> RpcBinaryMetadata { get; set; }

    WorkflowService WorkflowService { get; }

    OperatorService OperatorService { get; }

    /// <summary>Only servers with a virtual clock have it.</summary>
    TestService TestService { get; }

    /// <summary>Whether the server has answered yet.</summary>
    bool IsConnected { get; }

    /// <param name="service">The workflow service when null.</param>
    Task<bool> CheckHealthAsync(RpcService? service = null, RpcOptions? options = null);

    /// <summary>Does nothing when already connected.</summary>
    Task ConnectAsync();
}
