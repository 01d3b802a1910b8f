using Dapper;
using Npgsql;
using Orchestrator.Activities.Checks;
using Orchestrator.Tests.Postgres;
using Orchestrator.Tests.Support;
using Orchestrator.Workflows.Plan;
using TemporalDev.Postgres;

namespace Orchestrator.Tests.Copying;

/// <summary>From a server of one major version to one of another and back, and the comparison of the two.</summary>
public sealed class AcrossVersionsTests(OtherVersion other, PostgresFixture ours) : IClassFixture<OtherVersion>, IClassFixture<PostgresFixture>
{
    private const string Tables =
        """
        create table people (
          id bigint generated always as identity primary key, boss bigint references people (id), name text, amount numeric(20, 6), ratio float8, at timestamptz, during interval,
          raw bytea, doc json, docb jsonb, tags text[], flag boolean, uid uuid, net inet, span int4range, twice text generated always as (name || name) stored);
        create index on people (lower(name));
        """;

    private const string Rows =
        """
        insert into people (boss, name, amount, ratio, at, during, raw, doc, docb, tags, flag, uid, net, span)
        select nullif(1001 - n, n), 'näme ' || n, n / 7.0, n / 7.0, timestamptz '2026-03-29 00:30:00+00' + n * interval '7.123456 seconds', n * interval '1 day 3 minutes', decode(md5(n::text), 'hex'),
          json_build_object('n', n), jsonb_build_object('n', n / 4.0), array['t', null, n::text], n % 2 = 0, md5(n::text)::uuid, '10.0.0.1', int4range(n, n + 5)
        from generate_series(1, 1000) n;
        insert into people (name, ratio, at) values ('odd', 'NaN', 'infinity'), (null, '-Infinity', '-infinity');
        """;

    [InstalledServerFact]
    public async Task Rows_go_to_the_older_version_and_back_and_are_alike()
    {
        await CopyAsync(ours.ConnectionString, other.ConnectionString);
        await CopyAsync(other.ConnectionString, ours.ConnectionString);
    }

    private static async Task CopyAsync(string source, string target)
    {
        var copy = new CopySite(target, source);
        await using var site = await copy.OpenAsync(Tables);
        await copy.SourceAsync(Rows);
        var check = new SameContentCheck
        {
            Head = new("same", "same", "db", Severity.Gate),
            Table = $"{copy.Schema}.people",
            Other = new RowSet { Database = "old", Table = $"{copy.Schema}.people" },
        };

        Assert.Equal(1_002, (await site.DoAsync("copy")).Rows);
        var alike = await MeasureAsync(site, check);
        await using (var connection = new NpgsqlConnection(target))
        {
            await connection.ExecuteAsync($"update {copy.Schema}.people set ratio = 0.1, flag = not flag where id = 77");
        }

        var changed = await MeasureAsync(site, check);

        Assert.Equal((Verdict.Pass, "1,002 rows alike"), (alike.Verdict, alike.Measured));
        Assert.Equal("[\"77\"] differs in flag, ratio", changed.Explanation);
    }

    private static Task<Measurement> MeasureAsync(Worksite site, SameContentCheck check) =>
        new CheckRunner(new CheckSite(site.Plan, site.Run, site.Databases, TimeProvider.System)).MeasureAsync(check, default);
}

/// <summary>A server of the newest major version that the system has, which is seldom the embedded one's.</summary>
public sealed class OtherVersion : IAsyncLifetime, IDisposable
{
    private readonly Scratch _scratch = new();
    private EmbeddedPostgres? _server;

    public string ConnectionString => _server!.ConnectionString();

    public async Task InitializeAsync()
    {
        if (ServerBinaries.Installed() is [var newest, ..])
        {
            _server = await EmbeddedPostgres.StartAsync(_scratch.Options with { BinFolder = newest });
        }
    }

    public async Task DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    public void Dispose() => _scratch.Dispose();
}
