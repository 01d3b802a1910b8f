using System.Runtime.CompilerServices;
using Temporalio.Api.Schedule.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client.Interceptors;
using Temporalio.Client.Schedules;
using Temporalio.Converters;
using Temporalio.Exceptions;
using Schedule = Temporalio.Client.Schedules.Schedule;

namespace Temporalio.Client;

/// <summary>Creates, lists and changes schedules.</summary>
internal sealed class ScheduleCalls(ITemporalClient client)
{
    public async Task<ScheduleHandle> CreateAsync(CreateScheduleInput input)
    {
        var options = input.Options ?? new();
        var request = new CreateScheduleRequest
        {
            Namespace = client.Options.Namespace,
            ScheduleId = input.Id,
            Schedule = await ToProtoAsync(input.Schedule),
            InitialPatch = InitialPatch(input.Schedule, options),
            Identity = Identity,
            RequestId = Guid.NewGuid().ToString(),
            Memo = await client.Options.DataConverter.ToMemoAsync(options.Memo),
            SearchAttributes = options.TypedSearchAttributes?.ToProto(),
        };
        try
        {
            await client.WorkflowService.CreateScheduleAsync(request, RpcOptions.Retrying(options.Rpc));
        }
        catch (RpcException e) when (e.Code == RpcException.StatusCode.AlreadyExists)
        {
            throw new ScheduleAlreadyRunningException();
        }

        return new(client, input.Id);
    }

    public IAsyncEnumerable<ScheduleListDescription> ListAsync(ListSchedulesInput input) => ListPagesAsync(input);

    public Task BackfillAsync(BackfillScheduleInput input) => PatchAsync(
        input.Id, new() { BackfillRequest = { input.Backfills.Select(ScheduleProto.From) } }, input.RpcOptions);

    public Task PauseAsync(PauseScheduleInput input) =>
        PatchAsync(input.Id, new() { Pause = input.Note ?? "Paused via .NET SDK" }, input.RpcOptions);

    public Task UnpauseAsync(UnpauseScheduleInput input) =>
        PatchAsync(input.Id, new() { Unpause = input.Note ?? "Unpaused via .NET SDK" }, input.RpcOptions);

    public Task TriggerAsync(TriggerScheduleInput input) => PatchAsync(
        input.Id,
        new() { TriggerImmediately = new() { OverlapPolicy = input.Options?.Overlap ?? default } },
        input.Options?.Rpc);

    public Task DeleteAsync(DeleteScheduleInput input) => client.WorkflowService.DeleteScheduleAsync(
        new() { Namespace = client.Options.Namespace, ScheduleId = input.Id, Identity = Identity },
        RpcOptions.Retrying(input.RpcOptions));

    public async Task<ScheduleDescription> DescribeAsync(DescribeScheduleInput input)
    {
        var raw = await client.WorkflowService.DescribeScheduleAsync(
            new() { Namespace = client.Options.Namespace, ScheduleId = input.Id }, RpcOptions.Retrying(input.RpcOptions));
        return new(input.Id, await ToScheduleAsync(raw.Schedule), raw, client.Options.DataConverter);
    }

    public async Task UpdateAsync(UpdateScheduleInput input)
    {
        var description = await client.OutboundInterceptor.DescribeScheduleAsync(new(input.Id, input.RpcOptions));
        if (await input.Updater(new(description)) is not { } update)
        {
            return;
        }

        await client.WorkflowService.UpdateScheduleAsync(
            new()
            {
                Namespace = client.Options.Namespace,
                ScheduleId = input.Id,
                Schedule = await ToProtoAsync(update.Schedule),
                // Somebody else's change in between must not be overwritten unseen.
                ConflictToken = description.Received.ConflictToken,
                Identity = Identity,
                RequestId = Guid.NewGuid().ToString(),
                SearchAttributes = update.SearchAttributes?.ToProto(),
            },
            RpcOptions.Retrying(input.RpcOptions));
    }

    private string Identity => client.Connection.Options.Identity ?? string.Empty;

    private static SchedulePatch? InitialPatch(Schedule schedule, ScheduleOptions options) =>
        options is { TriggerImmediately: false, Backfills.Count: 0 }
            ? null
            : new()
            {
                TriggerImmediately = options.TriggerImmediately ? new() { OverlapPolicy = schedule.Policy.Overlap } : null,
                BackfillRequest = { options.Backfills.Select(ScheduleProto.From) },
            };

    private Task<PatchScheduleResponse> PatchAsync(string id, SchedulePatch patch, RpcOptions? rpc) => client.WorkflowService.PatchScheduleAsync(
        new()
        {
            Namespace = client.Options.Namespace,
            ScheduleId = id,
            Patch = patch,
            Identity = Identity,
            RequestId = Guid.NewGuid().ToString(),
        },
        RpcOptions.Retrying(rpc));

    private async Task<Api.Schedule.V1.Schedule> ToProtoAsync(Schedule schedule)
    {
        var action = (ScheduleActionStartWorkflow)schedule.Action;
        return new()
        {
            Spec = ScheduleProto.From(schedule.Spec),
            Action = await ScheduleActionProto.FromAsync(action, ConverterFor(action.Options.Id)),
            Policies = ScheduleProto.From(schedule.Policy),
            State = ScheduleProto.From(schedule.State),
        };
    }

    private async Task<Schedule> ToScheduleAsync(Api.Schedule.V1.Schedule proto) => new(
        await ScheduleActionProto.ToActionAsync(proto.Action, ConverterFor(proto.Action.StartWorkflow?.WorkflowId)),
        ScheduleProto.ToSpec(proto.Spec))
    {
        Policy = ScheduleProto.ToPolicy(proto.Policies),
        State = ScheduleProto.ToState(proto.State),
    };

    private DataConverter ConverterFor(string? workflowId) =>
        client.Options.DataConverter.WithSerializationContext(
            new ISerializationContext.Workflow(client.Options.Namespace, workflowId ?? string.Empty));

    private async IAsyncEnumerable<ScheduleListDescription> ListPagesAsync(
        ListSchedulesInput input, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var (rpc, source) = RpcOptions.Linked(input.Options?.Rpc, cancellationToken);
        using var _ = source;
        var request = new ListSchedulesRequest
        {
            Namespace = client.Options.Namespace,
            Query = input.Options?.Query ?? string.Empty,
        };
        do
        {
            var page = await client.WorkflowService.ListSchedulesAsync(request, rpc);
            foreach (var entry in page.Schedules)
            {
                yield return new(entry, client.Options.DataConverter);
            }

            request.NextPageToken = page.NextPageToken;
        }
        while (request.NextPageToken is not { IsEmpty: true });
    }
}
