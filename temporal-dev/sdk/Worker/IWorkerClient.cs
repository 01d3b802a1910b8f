using Temporalio.Client;

namespace Temporalio.Worker;

/// <summary>What a worker takes from a client.</summary>
public interface IWorkerClient
{
    IBridgeClientProvider BridgeClientProvider { get; }

    TemporalClientOptions Options { get; }
}
