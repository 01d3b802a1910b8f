using Temporalio.Api.Enums.V1;
using Temporalio.Client.Interceptors;

namespace Temporalio.Testing;

/// <summary>Lets time be skipped while the client waits for the event that closes a workflow, which is how results are awaited.</summary>
internal sealed class TimeSkippingInterceptor(AutoTimeSkipping skipping) : IClientInterceptor
{
    public ClientOutboundInterceptor InterceptClient(ClientOutboundInterceptor nextInterceptor) => new Calls(nextInterceptor, skipping);

    private sealed class Calls(ClientOutboundInterceptor next, AutoTimeSkipping skipping) : ClientOutboundInterceptor(next)
    {
        public override Task<WorkflowHistoryEventPage> FetchWorkflowHistoryEventPageAsync(FetchWorkflowHistoryEventPageInput input) =>
            input is { WaitNewEvent: true, EventFilterType: HistoryEventFilterType.CloseEvent }
                ? skipping.WhileUnlockedAsync(() => base.FetchWorkflowHistoryEventPageAsync(input))
                : base.FetchWorkflowHistoryEventPageAsync(input);
    }
}
