using Dapper;
using Npgsql;
using Orchestrator.Activities.Checks;
using Orchestrator.Activities.Postgres;
using Orchestrator.Tests.Support;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Tests.Checks;

[Collection(InstalledPostgresCollection.Name)]
public sealed class BackupTests(InstalledPostgres server) : IAsyncLifetime
{
    private readonly string _dump = Path.Combine(Path.GetTempPath(), $"backup-{Guid.NewGuid():N}");
    private string _database = "";

    public async Task InitializeAsync() => _database = await server.CreateDatabaseAsync();

    public Task DisposeAsync()
    {
        File.Delete(_dump);
        return Task.CompletedTask;
    }

    [InstalledPostgresTheory]
    [InlineData("--format=custom")]
    [InlineData("--format=plain")]
    public async Task A_dump_is_restored_and_compared(string format)
    {
        await ExecuteAsync("drop table if exists kept, added; create table kept as select n from generate_series(1, 100) as n");
        await PostgresPrograms.RunAsync(
            PostgresPrograms.Find("pg_dump", InstalledPostgres.ReadVariable)!, _database, [format, "--file", _dump], default);

        var same = await MeasureAsync(TimeSpan.FromHours(1));
        await ExecuteAsync("delete from kept where n <= 50; create table added (n int)");
        var drifted = await MeasureAsync(TimeSpan.FromHours(1));
        File.SetLastWriteTimeUtc(_dump, DateTime.UtcNow.AddDays(-2));
        var old = await MeasureAsync(TimeSpan.FromHours(1));

        Assert.True(same.Verdict == Verdict.Pass, same.ToString());
        Assert.Equal((Verdict.Fail, "added is not in the backup; kept has 50 rows, in the backup 100"), (drifted.Verdict, drifted.Explanation));
        Assert.Equal((Verdict.Fail, "48 h old"), (old.Verdict, old.Measured));
    }

    [InstalledPostgresTheory]
    [InlineData("PGDMP and nothing else")]
    [InlineData("create table half (")]
    public async Task A_dump_that_cannot_be_restored_is_no_backup(string content)
    {
        await File.WriteAllTextAsync(_dump, content);

        var result = await MeasureAsync(TimeSpan.FromHours(1));

        Assert.Equal((Verdict.Fail, "not restored"), (result.Verdict, result.Measured));
    }

    private async Task<Measurement> MeasureAsync(TimeSpan maxAge)
    {
        await using var databases = new Databases(new ActivitySettings
        {
            Ledger = _database,
            ReadVariable = name => name switch { "DB" => _database, "DUMP" => _dump, _ => InstalledPostgres.ReadVariable(name) },
        });
        var site = new CheckSite(Some.Plan(), new RunReference(Guid.NewGuid(), "", "test", "tester"), databases, TimeProvider.System);
        var check = new BackupCheck { Head = new("backup", "Backup", "db", Severity.Gate), Variable = "DUMP", MaxAge = maxAge, DriftPercent = 1 };
        return await new CheckRunner(site).MeasureAsync(check, default);
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_database);
        await connection.ExecuteAsync(sql);
    }
}
