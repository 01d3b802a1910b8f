using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Engine;
using TemporalDev.Server.Namespaces;

namespace TemporalDev.Server.Runs;

/// <summary>
/// Carries messages from run to run. Delivering twice is harmless (every receiver dedupes), losing one is impossible:
/// a message leaves its outbox only in the transition that notes its outcome.
/// </summary>
internal sealed class Courier(Executions executions, Starter starter, NamespaceRegistry namespaces)
{
    public async Task DeliverAsync(RunKey run, CancellationToken cancellation)
    {
        var messages = await MessagesAsync(run, cancellation);
        foreach (var message in messages)
        {
            var delivery = new Delivery(executions, starter, namespaces, run, message);
            await delivery.DeliverAsync(cancellation);
        }
    }

    private async Task<IReadOnlyList<OutboxMessage>> MessagesAsync(RunKey run, CancellationToken cancellation)
    {
        try
        {
            return await executions.ReadAsync(run, state => state.Outbox.ToList(), cancellation);
        }
        catch (GrpcException refused) when (refused.Code == GrpcStatusCode.NotFound)
        {
            // Deleted meanwhile, which happens only to runs that have delivered everything.
            return [];
        }
    }
}
