using Google.Protobuf;
using Orchestrator.Tests.Support;
using TemporalDev.Server.Engine;
using TemporalDev.Server.Runs;
using TemporalDev.Server.Storage;
using TemporalDev.Server.Storage.Memory;
using TemporalDev.Server.Storage.Postgres;
using TemporalDev.Server.Visibility;
using TemporalDev.Server.Visibility.Search;
using Temporalio.Api.Enums.V1;

namespace Orchestrator.Tests.Server;

public sealed class MemoryStoreTests : StoreTests
{
    private protected override Task<IStore> OpenAsync() => Task.FromResult<IStore>(new MemoryStore());
}

public sealed class PostgresStoreTests(PostgresFixture postgres) : StoreTests, IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task A_second_service_on_the_same_database_is_refused_in_words()
    {
        await using var first = await OpenAsync();

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => PostgresStore.OpenAsync(postgres.ConnectionString, CancellationToken.None));

        Assert.Contains("Another Temporal service is running on the database", refusal.Message);
    }

    [Fact]
    public async Task Two_open_runs_of_one_workflow_id_are_impossible()
    {
        await using var store = await OpenAsync();
        var (first, second) = (NewRun(), NewRun());
        await store.CommitAsync(new Commit([Write(first)], null));

        var write = Write(second) with { Key = second.State.Key with { WorkflowId = first.State.WorkflowId } };
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => store.CommitAsync(new Commit([write], null)));
    }

    [Fact]
    public async Task A_commit_that_the_database_refuses_does_not_take_its_neighbours_with_it()
    {
        await using var store = await OpenAsync();
        var bad = NewRun();
        await store.CommitAsync(new Commit([Write(bad)], null));
        var runs = Enumerable.Range(0, 50).Select(_ => NewRun()).ToList();

        var commits = runs.ConvertAll(run => store.CommitAsync(new Commit([Write(run)], null)));
        // The same first batch once more: the primary key of the history says no.
        var refused = store.CommitAsync(new Commit([Write(bad)], null));

        await Task.WhenAll(commits);
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => refused);
    }

    private protected override async Task<IStore> OpenAsync() => await PostgresStore.OpenAsync(postgres.ConnectionString, CancellationToken.None);
}

/// <summary>What every store does, so that nothing above it knows which one it has.</summary>
public abstract class StoreTests
{
    private protected abstract Task<IStore> OpenAsync();

    [Fact]
    public async Task A_deleted_run_is_gone_with_its_history_and_its_neighbours_stay()
    {
        await using var store = await OpenAsync();
        var (gone, stays) = (NewRun(), NewRun());
        await store.CommitAsync(new Commit([Write(gone)], new CurrentRun(gone.State.Key.Chain, gone.State.RunId)));
        await store.CommitAsync(new Commit([Write(stays)], new CurrentRun(stays.State.Key.Chain, stays.State.RunId)));

        await store.DeleteRunAsync(gone.State.Key);

        var listed = await store.ListAsync(new RunSearch(gone.State.NamespaceId, new All([]), null, 1000), CancellationToken.None);
        Assert.DoesNotContain(gone.State.Key, listed.Select(run => run.Key));
        Assert.Contains(stays.State.Key, listed.Select(run => run.Key));

        Assert.Null(await store.ReadRunAsync(gone.State.Key, CancellationToken.None));
        Assert.Null(await store.ReadCurrentRunIdAsync(gone.State.Key.Chain, CancellationToken.None));
        Assert.Empty(await store.ReadHistoryAsync(gone.State.RunId, 1, 10, CancellationToken.None));
        Assert.NotNull(await store.ReadRunAsync(stays.State.Key, CancellationToken.None));
        Assert.Equal(stays.State.RunId, await store.ReadCurrentRunIdAsync(stays.State.Key.Chain, CancellationToken.None));
    }

    [Fact]
    public async Task A_run_is_read_as_it_was_written()
    {
        await using var store = await OpenAsync();
        var run = NewRun();
        await store.CommitAsync(new Commit([Write(run)], new CurrentRun(run.State.Key.Chain, run.State.RunId)));

        var read = await store.ReadRunAsync(run.State.Key, default);

        var state = RunCodec.Decode(read!);
        Assert.Equal(run.Events[0], state.FirstEvent);
        Assert.Equal(run.State.WorkflowTask!.ScheduledEventId, state.WorkflowTask!.ScheduledEventId);
        Assert.Equal(run.State.RunId, await store.ReadCurrentRunIdAsync(run.State.Key.Chain, default));
    }

    [Fact]
    public async Task What_is_not_there_is_not_found()
    {
        await using var store = await OpenAsync();
        var key = NewRun().State.Key;

        Assert.Null(await store.ReadRunAsync(key, default));
        Assert.Null(await store.ReadCurrentRunIdAsync(key.Chain, default));
    }

    [Fact]
    public async Task A_history_is_read_from_the_middle_of_a_batch_to_the_middle_of_another()
    {
        await using var store = await OpenAsync();
        var run = NewRun();
        await store.CommitAsync(new Commit([Write(run)], null));
        for (var round = 0; round < 3; round++)
        {
            var step = new Transition(run.State, DateTimeOffset.UtcNow, NewId);
            for (var index = 0; index < 4; index++)
            {
                Signals.RecordSignal(step, new SignalRequest($"s{round}{index}", null, "", null, NewId()));
            }

            step.Finish();
            await store.CommitAsync(new Commit([Write(step)], null));
        }

        var events = await store.ReadHistoryAsync(run.State.RunId, 4, 12, default);

        Assert.Equal(Enumerable.Range(4, 9).Select(id => (long)id), events.Select(item => item.EventId));
    }

    [Fact]
    public async Task Open_runs_and_closed_ones_with_messages_are_taken_up_again()
    {
        await using var store = await OpenAsync();
        var (open, closed, closedWithMessages) = (NewRun(), NewRun(), NewRun());
        closed.State.Status = WorkflowExecutionStatus.Completed;
        closedWithMessages.State.Status = WorkflowExecutionStatus.Completed;
        closedWithMessages.Send(OutboxKind.ParentNotification, 1);
        foreach (var run in new[] { open, closed, closedWithMessages })
        {
            await store.CommitAsync(new Commit([Write(run)], null));
        }

        var found = new HashSet<string>();
        await foreach (var stored in store.ReadUnfinishedAsync(default))
        {
            found.Add(RunCodec.Decode(stored).RunId);
        }

        Assert.Contains(open.State.RunId, found);
        Assert.Contains(closedWithMessages.State.RunId, found);
        Assert.DoesNotContain(closed.State.RunId, found);
    }

    [Fact]
    public async Task A_run_that_ends_and_its_successor_are_written_together()
    {
        await using var store = await OpenAsync();
        var first = NewRun();
        await store.CommitAsync(new Commit([Write(first)], new CurrentRun(first.State.Key.Chain, first.State.RunId)));
        var end = new Transition(first.State, DateTimeOffset.UtcNow, NewId);
        Closing.Terminate(end, new TerminateRequest("replaced", null, ""));
        end.Finish();
        var second = NewRun(first.State.WorkflowId);

        await store.CommitAsync(new Commit([Write(end), Write(second)], new CurrentRun(second.State.Key.Chain, second.State.RunId)));

        Assert.Equal(second.State.RunId, await store.ReadCurrentRunIdAsync(first.State.Key.Chain, default));
        Assert.False(RunCodec.Decode((await store.ReadRunAsync(first.State.Key, default))!).IsOpen);
    }

    [Fact]
    public async Task Namespaces_are_kept()
    {
        await using var store = await OpenAsync();
        var record = new NamespaceRecord(NewId(), $"space-{NewId()}", [1, 2, 3]);
        await store.SaveNamespaceAsync(record);
        await store.SaveNamespaceAsync(record with { Description = [4] });

        var found = (await store.ReadNamespacesAsync(default)).Single(item => item.Id == record.Id);

        Assert.Equal((record.Name, 4), (found.Name, found.Description.Single()));
    }

    private protected static Transition NewRun(string? workflowId = null)
    {
        var runId = NewId();
        var step = RunStart.Begin(
            new StartSpec
            {
                NamespaceId = Namespace,
                NamespaceName = "namespace",
                RunId = runId,
                RequestId = NewId(),
                Started = new()
                {
                    WorkflowId = workflowId ?? $"workflow-{runId}",
                    WorkflowType = new() { Name = "Type" },
                    TaskQueue = new() { Name = "queue" },
                    FirstExecutionRunId = runId,
                    OriginalExecutionRunId = runId,
                    Attempt = 1,
                },
            },
            DateTimeOffset.UtcNow,
            NewId);
        step.State.Memo.Fields["note"] = new() { Data = ByteString.CopyFromUtf8("\"kept\"") };
        step.Finish();
        return step;
    }

    private protected static RunWrite Write(Transition step) => new(step.State.Key, RunCodec.Encode(step.State))
    {
        IsOpen = step.State.IsOpen,
        HasOutbox = step.State.Outbox.Count > 0,
        Batch = RunCodec.Encode(step.Events),
        Visibility = VisibilityRow.Of(step.State),
    };

    private static readonly string Namespace = Guid.NewGuid().ToString();

    private static string NewId() => Guid.NewGuid().ToString();
}
