using Google.Protobuf;
using Orchestrator.Tests.Support;
using TemporalDev.Server.Engine;
using TemporalDev.Server.Storage;
using TemporalDev.Server.Storage.Memory;
using TemporalDev.Server.Storage.Postgres;
using TemporalDev.Server.Visibility;
using TemporalDev.Server.Visibility.Search;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;

namespace Orchestrator.Tests.Server;

public sealed class MemoryVisibilityTests : VisibilityTests
{
    private protected override Task<IStore> OpenAsync() => Task.FromResult<IStore>(new MemoryStore());
}

public sealed class PostgresVisibilityTests(PostgresFixture postgres) : VisibilityTests, IClassFixture<PostgresFixture>
{
    private protected override async Task<IStore> OpenAsync() => await PostgresStore.OpenAsync(postgres.ConnectionString, CancellationToken.None);
}

/// <summary>What a query finds, alike in every store.</summary>
public abstract class VisibilityTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 4, 12, 0, 0, TimeSpan.Zero);

    private static readonly AttributeSchema Schema = new(new Dictionary<string, string>
    {
        ["Int01"] = "Rows",
        ["Double01"] = "Share",
        ["Text01"] = "Note",
        ["Bool01"] = "Urgent",
        ["Datetime01"] = "Due",
        ["Keyword01"] = "Plan",
        ["KeywordList01"] = "Tables",
    });

    private readonly string _namespaceId = Guid.NewGuid().ToString();

    private protected abstract Task<IStore> OpenAsync();

    [Fact]
    public async Task A_query_finds_the_same_runs_in_every_store()
    {
        await using var store = await OpenAsync();
        await FleetAsync(store);
        (string Query, string Found)[] cases =
        [
            ("", "open other closed"),
            ("WorkflowId = 'open'", "open"),
            ("WorkflowId > 'closed' AND WorkflowId <= 'open'", "open"),
            ("WorkflowId STARTS_WITH 'o'", "open other"),
            ("WorkflowId NOT IN ('open')", "other closed"),
            ("ExecutionStatus != 'Running'", "closed"),
            ("ExecutionStatus IN (1, 2)", "open other closed"),
            ("StartTime = '2026-03-04T12:00:00.123456789Z'", "open"),
            ("StartTime BETWEEN '2026-03-04T12:00:01Z' AND '2026-03-04T13:00:02+01:00'", "other closed"),
            ("StartTime NOT BETWEEN '2026-03-04T12:00:01Z' AND '2026-03-04T12:00:02Z'", "open"),
            ("CloseTime IS NULL", "open other"),
            ("ExecutionDuration >= '5s'", "closed"),
            ("ExecutionDuration > 5000000000", ""),
            ("HistoryLength > 0", "closed"),
            ("ParentWorkflowId IS NULL AND RootWorkflowId = 'open'", "open"),
            ("Rows = 7", "open"),
            ("Rows > 6.5 AND Rows < 7.5", "open"),
            ("Rows != 7", "other"),
            ("NOT (Rows = 7 OR Share > 1)", ""),
            ("Rows IN (-3, 8)", "other"),
            ("Rows IN (7.0, 8)", "open"),
            ("Rows IS NULL OR Rows < 0", "other closed"),
            ("Share = 2", "closed"),
            ("Urgent = true", "open"),
            ("Urgent != true", "other"),
            ("Note = 'GREEN'", "open"),
            ("Note = 'blue, grün'", "other"),
            ("Note = '!'", ""),
            ("NOT Note = 'red'", "other"),
            ("Due < '2026-05-06T07:08:09.123457Z'", "open"),
            ("Due IS NOT NULL", "open"),
            ("Plan = 'single'", "other"),
            ("Plan STARTS_WITH 'O'''", "closed"),
            ("Tables = 'b'", "open"),
            ("Tables != 'b'", "other"),
            ("Tables IN ('z', 'a')", "open other"),
            ("Tables IS NULL", "closed"),
        ];

        var found = new List<(string, string)>();
        foreach (var (query, _) in cases)
        {
            var runs = await store.ListAsync(new RunSearch(_namespaceId, Where(query), null, 100), default);
            found.Add((query, string.Join(' ', runs.Select(run => run.Key.WorkflowId))));
        }

        Assert.Equal(cases.Select(each => (each.Query, Sorted(each.Found))), found.Select(each => (each.Item1, Sorted(each.Item2))));
    }

    [Fact]
    public async Task Pages_follow_each_other_without_gap_or_repetition()
    {
        await using var store = await OpenAsync();
        for (var index = 0; index < 6; index++)
        {
            // Pairs that started at once, half of them closed at one time: the ids decide.
            var closed = index < 3 ? Noon.AddHours(1) : (DateTimeOffset?)null;
            await WriteAsync(store, $"run-{index}", Noon.AddSeconds(index / 2), closed);
        }

        var whole = await store.ListAsync(new RunSearch(_namespaceId, Where(""), null, 100), default);
        var paged = new List<IndexedRun>();
        while (await store.ListAsync(new RunSearch(_namespaceId, Where(""), paged.LastOrDefault()?.Position, 2), default) is { Count: > 0 } page)
        {
            paged.AddRange(page);
        }

        Assert.Equal(whole.Select(run => run.Key), paged.Select(run => run.Key));
        Assert.Equal(6, whole.Count);
        Assert.Equal([true, true, true, false, false, false], whole.Select(run => run.Row.CloseTime is null));
        Assert.Equal(("run-3", "run-2"), (whole[2].Key.WorkflowId, whole[3].Key.WorkflowId));
    }

    [Fact]
    public async Task A_count_is_split_by_status()
    {
        await using var store = await OpenAsync();
        await FleetAsync(store);

        var counts = await store.CountAsync(_namespaceId, Where("WorkflowId != 'other'"), default);

        Assert.Equal([new(WorkflowExecutionStatus.Running, 1), new StatusCount(WorkflowExecutionStatus.Completed, 1)], counts);
    }

    [Fact]
    public async Task The_server_s_own_runs_show_to_those_who_ask()
    {
        await using var store = await OpenAsync();
        await WriteAsync(store, "own", Noon, null, (KnownAttributes.Division, "\"TemporalScheduler\""));

        Assert.Empty(await store.ListAsync(new RunSearch(_namespaceId, Where(""), null, 10), default));
        Assert.Single(await store.ListAsync(new RunSearch(_namespaceId, Where("TemporalNamespaceDivision = 'TemporalScheduler'"), null, 10), default));
    }

    [Fact]
    public async Task A_value_of_another_type_is_no_value()
    {
        await using var store = await OpenAsync();
        (string, string)[] wrong = [("Rows", "\"many\""), ("Due", "\"soon\""), ("Urgent", "3"), ("Tables", "{}"), ("Plan", "4")];
        await WriteAsync(store, "odd", Noon, null, wrong);

        var found = await store.ListAsync(
            new RunSearch(_namespaceId, Where("Rows IS NULL AND Due IS NULL AND Urgent IS NULL AND Tables IS NULL AND Plan IS NULL"), null, 10), default);

        Assert.Single(found);
    }

    private async Task FleetAsync(IStore store)
    {
        await WriteAsync(
            store, "open", Noon.AddTicks(1_234_567), null,
            ("Rows", "7"), ("Urgent", "true"), ("Note", "\"red, green\""), ("Tables", "[\"a\",\"b\"]"), ("Due", "\"2026-05-06T07:08:09.123456789Z\""));
        await WriteAsync(
            store, "other", Noon.AddSeconds(1), null,
            ("Rows", "-3"), ("Urgent", "false"), ("Note", "\"grün\""), ("Tables", "[\"z\"]"), ("Plan", "[\"single\"]"));
        await WriteAsync(store, "closed", Noon.AddSeconds(2), Noon.AddSeconds(7), ("Share", "2.0"), ("Plan", "\"O'Brien\""));
    }

    private Task WriteAsync(IStore store, string workflowId, DateTimeOffset start, DateTimeOffset? close, params (string Name, string Json)[] attributes)
    {
        var runId = Guid.NewGuid().ToString();
        var stored = new SearchAttributes();
        foreach (var (name, json) in attributes)
        {
            stored.IndexedFields[name] = new Payload { Data = ByteString.CopyFromUtf8(json) };
        }

        var step = RunStart.Begin(
            new StartSpec
            {
                NamespaceId = _namespaceId,
                NamespaceName = "namespace",
                RunId = runId,
                RequestId = runId,
                Started = new()
                {
                    WorkflowId = workflowId,
                    WorkflowType = new() { Name = "Type" },
                    TaskQueue = new() { Name = "queue" },
                    FirstExecutionRunId = runId,
                    OriginalExecutionRunId = runId,
                    Attempt = 1,
                    SearchAttributes = stored,
                },
            },
            start,
            () => Guid.NewGuid().ToString());
        var row = VisibilityRow.Of(step.State) with
        {
            CloseTime = close,
            Status = (short)(close is null ? WorkflowExecutionStatus.Running : WorkflowExecutionStatus.Completed),
        };
        var write = new RunWrite(step.State.Key, []) { IsOpen = close is null, HasOutbox = false, Visibility = row };
        return store.CommitAsync(new Commit([write], null));
    }

    private static Filter Where(string query) => QueryParser.Parse(query, Schema).Where;

    private static string Sorted(string names) => string.Join(' ', names.Split(' ').Order());
}
