using Coresdk.WorkflowActivation;
using Coresdk.WorkflowCommands;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Sdk.V1;
using Temporalio.Converters;
using Temporalio.Workflows;
using WorkflowDefinition = Temporalio.Workflows.WorkflowDefinition;

namespace Temporalio.Worker.Runs;

/// <summary>Queries of this run, its own and those that every workflow answers.</summary>
internal sealed class RunQueries(WorkflowRun run, WorkflowDefinition definition)
{
    private const string StackTraceQuery = "__stack_trace";
    private const string MetadataQuery = "__temporal_workflow_metadata";

    private readonly HandlerTable<WorkflowQueryDefinition> _handlers = new(definition.Queries, _ => { });

    public IDictionary<string, WorkflowQueryDefinition> Handlers => _handlers;

    public WorkflowQueryDefinition? Dynamic { get; set; } = definition.DynamicQuery;

    public void Apply(QueryWorkflow job)
    {
        var answer = new QueryResult { QueryId = job.QueryId };
        try
        {
            answer.Succeeded = new() { Response = run.ReadOnly("query", () => Answer(job)) };
        }
#pragma warning disable CA1031 // Whatever a query throws is the caller's answer; the workflow goes on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            answer.Failed = run.State.ToFailure(e);
        }

        run.State.Commands.AddAnswer(new() { RespondToQuery = answer });
    }

    private Payload Answer(QueryWorkflow job) => job.QueryType switch
    {
        StackTraceQuery when !_handlers.ContainsKey(StackTraceQuery) => ToPayload(StackTrace()),
        // The UI reads this one whatever converter the application uses.
        MetadataQuery => DataConverter.Default.PayloadConverter.ToPayload(Metadata()),
        _ => ToPayload(AskHandler(job)),
    };

    private Payload ToPayload(object? value) => run.State.PayloadConverter.ToPayload(value);

    private object? AskHandler(QueryWorkflow job)
    {
        var handler = _handlers.TryGetValue(job.QueryType, out var named) ? named : HandlerNames.IsReserved(job.QueryType) ? null : Dynamic;
        if (handler == null)
        {
            var known = _handlers.Count == 0 ? "none" : string.Join(", ", _handlers.Keys);
            throw new InvalidOperationException($"There is no handler for the query {job.QueryType}. Known queries: {known}.");
        }

        object?[] arguments = handler.Dynamic
            ? [job.QueryType, HandlerArguments.Raw(job.Arguments)]
            : HandlerArguments.Read(job.Arguments, handler.Method.Parameters, run.State.PayloadConverter);
        return run.Inbound.HandleQuery(new(job.QueryId, job.QueryType, handler, arguments, job.Headers));
    }

    private string StackTrace() =>
        run.State.Waits.Enabled
            ? run.State.Waits.Describe()
            : throw new InvalidOperationException(
                "Stack traces are not kept: set WorkflowStackTrace to Normal in the worker's options.");

    private WorkflowMetadata Metadata()
    {
        var metadata = new WorkflowMetadata
        {
            Definition = new() { Type = run.State.Info.WorkflowType },
            CurrentDetails = run.State.CurrentDetails,
        };
        metadata.Definition.QueryDefinitions.Add(
            _handlers.Values.Append(Dynamic).OfType<WorkflowQueryDefinition>().Select(query => Describe(query.Name, query.Description)));
        metadata.Definition.SignalDefinitions.Add(
            run.Signals.Handlers.Values.Append(run.Signals.Dynamic).OfType<WorkflowSignalDefinition>()
                .Select(signal => Describe(signal.Name, signal.Description)));
        metadata.Definition.UpdateDefinitions.Add(
            run.Updates.Handlers.Values.Append(run.Updates.Dynamic).OfType<WorkflowUpdateDefinition>()
                .Select(update => Describe(update.Name, update.Description)));
        return metadata;
    }

    private static WorkflowInteractionDefinition Describe(string? name, string? description) =>
        new() { Name = name ?? string.Empty, Description = description ?? string.Empty };
}
