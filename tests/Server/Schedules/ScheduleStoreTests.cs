using Google.Protobuf;
using Orchestrator.Tests.Support;
using TemporalDev.Server.Schedules;
using TemporalDev.Server.Storage;
using TemporalDev.Server.Storage.Memory;
using TemporalDev.Server.Storage.Postgres;
using TemporalDev.Server.Visibility;
using TemporalDev.Server.Visibility.Search;
using Temporalio.Api.Common.V1;
using ScheduleState = TemporalDev.Server.Schedules.ScheduleState;

namespace Orchestrator.Tests.Server.Schedules;

public sealed class MemoryScheduleStoreTests : ScheduleStoreTests
{
    private protected override Task<IStore> OpenAsync() => Task.FromResult<IStore>(new MemoryStore());
}

public sealed class PostgresScheduleStoreTests(PostgresFixture postgres) : ScheduleStoreTests, IClassFixture<PostgresFixture>
{
    private protected override async Task<IStore> OpenAsync() => await PostgresStore.OpenAsync(postgres.ConnectionString, CancellationToken.None);
}

/// <summary>What every store does with schedules.</summary>
public abstract class ScheduleStoreTests
{
    private static readonly AttributeSchema Schema = new(new Dictionary<string, string> { ["Keyword01"] = "Team", ["Int01"] = "Rows" });

    private protected abstract Task<IStore> OpenAsync();

    [Fact]
    public async Task A_schedule_is_read_as_it_was_written_last()
    {
        await using var store = await OpenAsync();
        var state = SomeSchedule.State();
        await SaveAsync(store, state);
        state.Running.Add(new WorkflowExecution { WorkflowId = "w", RunId = "r" });
        state.Buffer.Add(new PlannedStart(7, SomeSchedule.Noon, SomeSchedule.Noon.AddSeconds(3)) { IsManual = true });
        await SaveAsync(store, state);

        var read = ScheduleCodec.Decode((await store.ReadScheduleAsync(state.Key(), default))!);

        Assert.Equal(state.Schedule, read.Schedule);
        Assert.Equal(state.Running, read.Running);
        Assert.Equal(state.Buffer, read.Buffer);
        Assert.Equal(state.ProcessedUntil, read.ProcessedUntil);
    }

    [Fact]
    public async Task A_restarted_server_finds_every_schedule_that_has_not_been_deleted()
    {
        await using var store = await OpenAsync();
        var (kept, deleted) = (SomeSchedule.State(), SomeSchedule.State());
        await Task.WhenAll(SaveAsync(store, kept), SaveAsync(store, deleted));

        await store.DeleteScheduleAsync(deleted.Key());

        var found = new List<string>();
        await foreach (var stored in store.ReadSchedulesAsync(default))
        {
            found.Add(ScheduleCodec.Decode(stored).ScheduleId);
        }

        Assert.Contains(kept.ScheduleId, found);
        Assert.DoesNotContain(deleted.ScheduleId, found);
        Assert.Null(await store.ReadScheduleAsync(deleted.Key(), default));
    }

    [Fact]
    public async Task Schedules_are_found_by_id_by_pause_and_by_attribute()
    {
        await using var store = await OpenAsync();
        var states = await FamilyAsync(store);
        states[1].Schedule.State.Paused = true;
        states[2].SearchAttributes.IndexedFields["Team"] = new Payload { Data = ByteString.CopyFromUtf8("\"gold\"") };
        states[2].SearchAttributes.IndexedFields["Rows"] = new Payload { Data = ByteString.CopyFromUtf8("12") };
        await Task.WhenAll(states.Select(state => SaveAsync(store, state)));

        Assert.Equal("0", await FindAsync(store, states, $"ScheduleId = '{states[0].ScheduleId}'"));
        Assert.Equal("012", await FindAsync(store, states, $"ScheduleId STARTS_WITH '{states[0].ScheduleId[..^2]}'"));
        Assert.Equal("1", await FindAsync(store, states, "TemporalSchedulePaused = true"));
        Assert.Equal("02", await FindAsync(store, states, "SchedulePaused = false"));
        Assert.Equal("2", await FindAsync(store, states, "Team = 'gold' AND Rows > 11"));
        Assert.Equal("01", await FindAsync(store, states, "Team IS NULL"));
        Assert.Equal("012", await FindAsync(store, states, ""));
    }

    [Fact]
    public async Task A_list_goes_on_where_the_page_before_ended()
    {
        await using var store = await OpenAsync();
        var states = await FamilyAsync(store);
        var search = new ScheduleSearch(states[0].NamespaceId, new All([]), null, 2);

        var first = await store.ListSchedulesAsync(search, default);
        var last = ScheduleCodec.Decode(first[^1]);
        var position = SchedulePosition.Decode(new SchedulePosition(Instant.Of(last.CreatedAt), last.ScheduleId).Encode());
        var second = await store.ListSchedulesAsync(search with { After = position }, default);

        Assert.Equal(states.Select(state => state.ScheduleId), first.Concat(second).Select(stored => ScheduleCodec.Decode(stored).ScheduleId));
    }

    private static async Task<List<ScheduleState>> FamilyAsync(IStore store)
    {
        var space = Guid.NewGuid().ToString();
        var id = $"schedule-{Guid.NewGuid()}";
        var family = Enumerable.Range(0, 3).Select(index => SomeSchedule.State(id: $"{id}-{index}", space: space)).ToList();
        await Task.WhenAll(family.Select(state => SaveAsync(store, state)));
        return family;
    }

    private static async Task<string> FindAsync(IStore store, List<ScheduleState> states, string query)
    {
        var where = QueryParser.Parse(query, name => ScheduleSearch.Find(Schema, name)).Where;
        var found = await store.ListSchedulesAsync(new ScheduleSearch(states[0].NamespaceId, where, null, 10), default);
        Assert.Equal(found.Count, await store.CountSchedulesAsync(states[0].NamespaceId, where, default));
        return string.Concat(found.Select(stored => states.FindIndex(state => state.ScheduleId == ScheduleCodec.Decode(stored).ScheduleId)).Order());
    }

    private static Task SaveAsync(IStore store, ScheduleState state) =>
        store.CommitAsync(new Commit([], null) { Schedule = ScheduleCodec.Encode(state) });
}
