using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Workflow.V1;
using Temporalio.Common;
using Temporalio.Converters;
using ProtoAction = Temporalio.Api.Schedule.V1.ScheduleAction;

namespace Temporalio.Client.Schedules;

/// <summary>
/// The action of a schedule to and from the wire. A description keeps arguments and memo encoded; given back in an
/// update they return as they came, because nobody here knows their types.
/// </summary>
internal static class ScheduleActionProto
{
    public static async Task<ProtoAction> FromAsync(ScheduleActionStartWorkflow action, DataConverter converter)
    {
        var options = action.Options;
        Validate(options);
        var start = new NewWorkflowExecutionInfo
        {
            WorkflowId = options.Id ?? throw new ArgumentException("A scheduled workflow needs an Id.", nameof(action)),
            WorkflowType = new() { Name = action.Workflow },
            TaskQueue = new() { Name = options.TaskQueue ?? throw new ArgumentException("A scheduled workflow needs a TaskQueue.", nameof(action)) },
            Input = new(),
            WorkflowExecutionTimeout = ToProto(options.ExecutionTimeout),
            WorkflowRunTimeout = ToProto(options.RunTimeout),
            WorkflowTaskTimeout = ToProto(options.TaskTimeout),
            RetryPolicy = options.RetryPolicy?.ToProto(),
            Memo = new(),
            SearchAttributes = options.TypedSearchAttributes is { Count: > 0 } attributes ? attributes.ToProto() : null,
            Header = await converter.ToHeaderAsync(action.Headers?.ToDictionary()),
            UserMetadata = await converter.ToUserMetadataAsync(options.StaticSummary, options.StaticDetails),
            VersioningOverride = options.VersioningOverride?.ToProto(),
            Priority = options.Priority?.ToProto(),
        };
        foreach (var arg in action.Args)
        {
            start.Input.Payloads_.Add(await ToPayloadAsync(arg, converter));
        }

        foreach (var (name, value) in options.Memo ?? new Dictionary<string, object>())
        {
            start.Memo.Fields.Add(name, await ToPayloadAsync(value, converter));
        }

        return new() { StartWorkflow = start };
    }

    public static async Task<ScheduleActionStartWorkflow> ToActionAsync(ProtoAction proto, DataConverter converter)
    {
        var start = proto.StartWorkflow
            ?? throw new NotSupportedException($"A schedule that does {proto.ActionCase} instead of starting a workflow is not supported.");
        return new(
            start.WorkflowType.Name,
            [.. (start.Input?.Payloads_ ?? []).Select(payload => new EncodedRawValue(converter, payload))],
            new(start.WorkflowId, start.TaskQueue.Name)
            {
                StaticSummary = await converter.ToTextAsync(start.UserMetadata?.Summary),
                StaticDetails = await converter.ToTextAsync(start.UserMetadata?.Details),
                ExecutionTimeout = start.WorkflowExecutionTimeout?.ToTimeSpan(),
                RunTimeout = start.WorkflowRunTimeout?.ToTimeSpan(),
                TaskTimeout = start.WorkflowTaskTimeout?.ToTimeSpan(),
                RetryPolicy = start.RetryPolicy is { } policy ? Temporalio.Common.RetryPolicy.FromProto(policy) : null,
                Memo = EncodedRawValue.All(start.Memo, converter).ToDictionary(field => field.Key, field => (object)field.Value),
                TypedSearchAttributes = start.SearchAttributes is { } attributes
                    ? SearchAttributeCollection.FromProto(attributes)
                    : SearchAttributeCollection.Empty,
                Priority = start.Priority is { } priority ? new(priority) : null,
            },
            await DecodedAsync(start.Header, converter));
    }

    private static void Validate(WorkflowOptions options)
    {
        var forbidden = options switch
        {
            { IdReusePolicy: not WorkflowIdReusePolicy.AllowDuplicate } => nameof(options.IdReusePolicy),
            { IdConflictPolicy: not WorkflowIdConflictPolicy.Unspecified } => nameof(options.IdConflictPolicy),
            { CronSchedule: not null } => nameof(options.CronSchedule),
            { StartDelay: not null } => nameof(options.StartDelay),
            { StartSignal: not null } or { StartSignalArgs: not null } => nameof(options.StartSignal),
            { RequestEagerStart: true } => nameof(options.RequestEagerStart),
            { Rpc: not null } => nameof(options.Rpc),
            _ => null,
        };
        if (forbidden is not null)
        {
            throw new ArgumentException($"A scheduled workflow cannot have {forbidden}.");
        }
    }

    private static Task<Payload> ToPayloadAsync(object? value, DataConverter converter) =>
        value is IEncodedRawValue encoded ? Task.FromResult(encoded.Payload) : converter.ToPayloadAsync(value);

    private static async Task<IReadOnlyDictionary<string, Payload>?> DecodedAsync(Header? header, DataConverter converter)
    {
        if (header is not { Fields.Count: > 0 })
        {
            return null;
        }

        var decoded = new Dictionary<string, Payload>();
        foreach (var (name, payload) in header.Fields)
        {
            decoded.Add(name, converter.PayloadCodec is { } codec ? await codec.DecodeSingleAsync(payload) : payload);
        }

        return decoded;
    }

    private static Duration? ToProto(TimeSpan? time) => time is { } value ? Duration.FromTimeSpan(value) : null;
}
