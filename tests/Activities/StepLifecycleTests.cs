using System.Diagnostics;
using Npgsql;
using Orchestrator.Tests.Support;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Tests.Activities;

/// <summary>
/// Every kind of step goes through the same life: done, rerun, undone, undone again, done again, and killed at every single
/// place where it writes to the ledger, then resumed. A new kind gets all of it by adding one row.
/// </summary>
[TakesSeconds(20)]
public sealed class StepLifecycleTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    // Far more than any row below writes; reaching it means that a step never gets through.
    private const int MostStrikes = 60;

    public static TheoryData<string> Kinds => [.. Rows.Keys];

    private static Dictionary<string, LifecycleRow> Rows { get; } = new()
    {
        ["ddl"] = new(
            Some.Ddl("step", "create table made (id int primary key); create index made_twice on made (id, id);", "drop table if exists made"),
            "select coalesce(string_agg(relname, ',' order by relname), '') from pg_class where relname like 'made%'",
            "made,made_pkey,made_twice"),
        ["ddl of several files"] = new(
            Some.Ddl("step", "create table made (id int)", "drop table if exists made") with
            {
                Apply = [new SqlScript("1.sql", "create table made (id int)"), new SqlScript("2.sql", "alter table made add column name text"), new SqlScript("3.sql", "insert into made values (1, 'a')")],
                Undo = [new SqlScript("u1.sql", "delete from made"), new SqlScript("u2.sql", "drop table made")],
            },
            "select case when to_regclass('made') is null then '' else (select string_agg(attname, ',' order by attnum) from pg_attribute where attrelid = to_regclass('made') and attnum > 0) end",
            "id,name"),
        ["ddl outside of a transaction"] = new(
            Some.Ddl("step", "create index concurrently source_by_name on source (name);", "drop index concurrently if exists source_by_name"),
            "select coalesce((select indisvalid::text from pg_index where indexrelid = to_regclass('source_by_name')), '')",
            "true"),
        ["sql"] = new(
            Some.Sql("step", "update source set name = 'n' || id where id % 2 = 0", "update source set name = null where name is not null"),
            "select coalesce(nullif(count(*) filter (where name is not null), 0)::text, '') from source",
            "500"),
        ["seed"] = new(
            new SeedStep
            {
                Id = "step",
                Title = "Step",
                Database = "db",
                Undo = [],
                Table = "target",
                Key = ["id"],
                Rows = [new Dictionary<string, string?> { ["id"] = "1", ["twice"] = "2" }, new Dictionary<string, string?> { ["id"] = "2", ["twice"] = "4" }],
            },
            "select coalesce(string_agg(id || '/' || twice, ',' order by id), '') from target",
            "1/2,2/4"),
        ["flag"] = new(
            new FlagStep { Id = "step", Title = "Step", Database = "db", Undo = [], Flag = "life.cycle", Value = "25%" },
            "select coalesce((select nullif(value, 'off') from orchestrator.flags where name = 'life.cycle'), '')",
            "25%"),
        ["backfill"] = new(
            Some.Backfill("step", "insert into target select id, id * 2 from source where {range}", "truncate target"),
            "select coalesce(string_agg(distinct count || '/' || sum, ','), '') from (select count(*) as count, sum(twice) as sum from target) t where count > 0",
            "1000/1001000"),
        ["idmap"] = new(
            new IdMapStep { Id = "step", Title = "Step", Database = "db", Undo = [], Table = "source", Key = "id", Name = "source", Namespace = Some.Namespace },
            """
            select case when to_regclass('source_id_map') is null then '' else
              (xpath('/row/n/text()', query_to_xml('select count(*) || ''/'' || count(distinct new_id) as n from source_id_map', false, true, '')))[1]::text end
            """,
            "1000/1000"),
        ["match"] = new(
            new MatchStep
            {
                Id = "step",
                Title = "Step",
                Database = "db",
                Undo = [],
                Table = "source",
                Key = "id",
                Target = new MatchTarget("target", "id"),
                Bridge = "bridge",
                By = [new MatchKey("number", ["id"], ["twice"]) { Normalise = [] }],
            },
            """
            select case when to_regclass('bridge') is null then '' else
              (xpath('/row/n/text()', query_to_xml('select count(*) || ''/'' || sum(target_key) || coalesce(''/'' || to_regclass(''bridge_values'')::text, '''') as n from bridge', false, true, '')))[1]::text end
            """,
            "500/125250")
        {
            Before = "insert into target select n, n * 2 from generate_series(1, 500) as n; drop table if exists bridge, bridge_values",
        },
        ["relink"] = new(
            new RelinkStep
            {
                Id = "step",
                Title = "Step",
                Database = "db",
                Undo = [new SqlScript("undo.sql", "update target set made = null where made is not null")],
                Table = "target",
                Key = ["id"],
                Links = [new Relink("id", "made", "numbers")],
            },
            "select coalesce(string_agg(distinct count || '/' || asked, ','), '') from (select count(made) as count, (select count(*) from orchestrator.unmapped where plan = any (select name from orchestrator.plans) and state = 'open') as asked from target) t where count > 0",
            "900/100")
        {
            Before = """
                alter table target add column made uuid;
                insert into target select n, n from generate_series(1, 1000) as n;
                drop table if exists numbers_id_map;
                create table numbers_id_map (old_key bigint primary key, new_id uuid unique);
                insert into numbers_id_map select n, md5(n::text)::uuid from generate_series(1, 900) as n;
                """,
        },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_step_survives_being_killed_wherever_it_writes(string kind)
    {
        var row = Rows[kind];
        await using var site = await PrepareAsync(row);

        await RunRerunAndUndoAsync(site, row);
        var strike = 1;
        while (await KilledAtAsync(site, row, strike))
        {
            Assert.True(strike < MostStrikes, $"still being killed at the ledger's write {strike}");
            strike++;
        }

        Assert.True(strike > 2, "nothing was killed");
    }

    private static async Task RunRerunAndUndoAsync(Worksite site, LifecycleRow row)
    {
        Assert.Equal(Effect.Changed, (await site.DoAsync("step")).Effect);
        Assert.Equal(row.Done, await site.ScalarAsync<string>(row.Fingerprint));

        Assert.Equal((Effect.Nothing, 0), Short(await site.DoAsync("step")));
        Assert.Equal(row.Done, await site.ScalarAsync<string>(row.Fingerprint));

        Assert.Equal(Effect.Changed, (await site.UndoAsync("step")).Effect);
        Assert.Equal("", await site.ScalarAsync<string>(row.Fingerprint));

        Assert.Equal((Effect.Nothing, 0), Short(await site.UndoAsync("step")));
    }

    private static async Task<bool> KilledAtAsync(Worksite site, LifecycleRow row, int strike)
    {
        await ArmAsync(site, strike);
        var killed = await TryAsync(() => site.DoAsync("step"));
        await AgainAsync(() => site.DoAsync("step"));
        Assert.Equal(row.Done, await site.ScalarAsync<string>(row.Fingerprint));

        await ArmAsync(site, strike);
        killed |= await TryAsync(() => site.UndoAsync("step"));
        await AgainAsync(() => site.UndoAsync("step"));
        Assert.Equal("", await site.ScalarAsync<string>(row.Fingerprint));
        return killed;
    }

    /// <summary>The killed session lives on for a moment, with its locks; an activity would be tried again.</summary>
    private static async Task AgainAsync(Func<Task> act)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await act();
                return;
            }
            catch (TimeoutException) when (waited.Elapsed < TimeSpan.FromSeconds(30))
            {
                await Task.Delay(20);
            }
        }
    }

    /// <summary>Kills the session that writes the given entry: after the rows, before the commit.</summary>
    private static Task<int> ArmAsync(Worksite site, int strike) => site.ExecuteAsync(
        $"""
        create or replace function strike() returns trigger language plpgsql as $$
        begin
          -- A sequence is not rolled back: the strike falls once.
          if nextval('strikes') = {strike} then
            perform pg_terminate_backend(pg_backend_pid());
          end if;
          return new;
        end
        $$;
        alter sequence strikes restart;
        """);

    private static async Task<bool> TryAsync(Func<Task> act)
    {
        try
        {
            await act();
            return false;
        }
        catch (Exception e) when (e is NpgsqlException || e.InnerException is NpgsqlException)
        {
            return true;
        }
    }

    private async Task<Worksite> PrepareAsync(LifecycleRow row)
    {
        var site = await Worksite.OpenAsync(postgres.ConnectionString, Some.Plan(row.Step) with { Name = $"plan-{Guid.NewGuid():N}" });
        await site.ExecuteAsync(
            """
            drop table if exists made, source, target, source_id_map;
            create table source (id bigint primary key, name text);
            insert into source select n from generate_series(1, 1000) as n;
            create table target (id bigint primary key, twice bigint not null);
            create sequence if not exists strikes;
            create or replace function strike() returns trigger language plpgsql as 'begin return new; end';
            create or replace trigger strike after insert on orchestrator.entries for each row execute function strike();
            """);
        await site.ExecuteAsync(row.Before);
        return site;
    }

    private static (Effect, long) Short(StepEffect effect) => (effect.Effect, effect.Rows);

    private sealed record LifecycleRow(Step Step, string Fingerprint, string Done)
    {
        public string Before { get; init; } = "select 1";
    }
}
