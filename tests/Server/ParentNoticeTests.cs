using TemporalDev.Server.Engine;
using TemporalDev.Server.Runs;
using TemporalDev.Server.Schedules;
using TemporalDev.Server.Storage.Memory;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;

namespace Orchestrator.Tests.Server;

/// <summary>How a parent learns that its child has ended: with the child's own commit where that can be, else by the courier.</summary>
public sealed class ParentNoticeTests
{
    private const long Initiated = 5;
    private static readonly RunKey Parent = new(Guid.NewGuid().ToString(), "parent", Guid.NewGuid().ToString());
    private static readonly RunKey Child = Parent with { WorkflowId = "child", RunId = Guid.NewGuid().ToString() };

    private Executions _executions = new(Chains(TimeSpan.FromMinutes(1)));

    [Fact]
    public async Task A_parent_that_nobody_uses_has_the_end_of_its_child_in_its_history_at_once()
    {
        await StartFamilyAsync(isStartKnown: true);

        await _executions.TerminateAsync(Child);

        Assert.Equal(EventType.ChildWorkflowExecutionTerminated, await LastOfParentAsync(back: 1));
        Assert.Empty(await OutboxOfChildAsync());
    }

    [Fact]
    public async Task A_parent_that_stays_in_use_is_left_to_the_courier()
    {
        _executions = new(Chains(TimeSpan.Zero));
        await StartFamilyAsync(isStartKnown: true);

        using (await _executions.EnterAsync(Parent.Chain, CancellationToken.None))
        {
            await _executions.TerminateAsync(Child);
        }

        Assert.Equal(EventType.ChildWorkflowExecutionStarted, await LastOfParentAsync(back: 2));
        Assert.Equal(OutboxKind.ParentNotification, Assert.Single(await OutboxOfChildAsync()).Kind);
    }

    [Fact]
    public async Task A_parent_that_is_in_use_for_a_moment_is_waited_for()
    {
        await StartFamilyAsync(isStartKnown: true);
        Task closing;

        using (await _executions.EnterAsync(Parent.Chain, CancellationToken.None))
        {
            closing = _executions.TerminateAsync(Child);
        }

        await closing;
        Assert.Equal(EventType.ChildWorkflowExecutionTerminated, await LastOfParentAsync(back: 1));
        Assert.Empty(await OutboxOfChildAsync());
    }

    [Fact]
    public async Task A_parent_that_has_not_heard_of_the_start_hears_of_the_end_after_it()
    {
        await StartFamilyAsync(isStartKnown: false);

        await _executions.TerminateAsync(Child);

        Assert.Equal(EventType.StartChildWorkflowExecutionInitiated, await LastOfParentAsync(back: 1));
        Assert.Single(await OutboxOfChildAsync());
    }

    private static ChainCache Chains(TimeSpan patience)
    {
        var announcer = Announcers.Of(TimeProvider.System, new ScheduleWatch(TimeProvider.System));
        return new ChainCache(new MemoryStore(), TimeProvider.System, announcer) { Patience = patience };
    }

    private async Task StartFamilyAsync(bool isStartKnown)
    {
        await _executions.BeginAsync(Parent, "namespace", null);
        await _executions.ChangeAsync(Parent, step => WorkflowTasks.Start(step, new TaskTaker("worker", ""), "request"), CancellationToken.None);
        var start = new Command
        {
            CommandType = CommandType.StartChildWorkflowExecution,
            StartChildWorkflowExecutionCommandAttributes = new() { WorkflowId = Child.WorkflowId, WorkflowType = new() { Name = "Type" } },
        };
        var completion = new RespondWorkflowTaskCompletedRequest { Commands = { start } };
        await _executions.ChangeAsync(
            Parent, step => TaskCompletion.Complete(step, completion, UpdateInbox.Empty, "next"), CancellationToken.None);
        if (isStartKnown)
        {
            await _executions.ChangeAsync(
                Parent, step => Children.Started(step, step.State.Children[Initiated], Child.RunId, null), CancellationToken.None);
        }

        await _executions.BeginAsync(Child, "namespace", started =>
        {
            started.ParentWorkflowNamespaceId = Parent.NamespaceId;
            started.ParentWorkflowExecution = new() { WorkflowId = Parent.WorkflowId, RunId = Parent.RunId };
            started.ParentInitiatedEventId = Initiated;
        });
    }

    private Task<List<OutboxMessage>> OutboxOfChildAsync() => _executions.ReadAsync(Child, state => state.Outbox.ToList(), CancellationToken.None);

    private async Task<EventType> LastOfParentAsync(int back)
    {
        var history = await _executions.HistoryAsync(Parent, 1, long.MaxValue, CancellationToken.None);
        return history[^back].EventType;
    }
}
