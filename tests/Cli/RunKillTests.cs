using System.Diagnostics;
using Npgsql;
using Orchestrator.Cli.Embedded;
using Orchestrator.Tests.House;
using Orchestrator.Tests.Postgres;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Cli;

/// <summary>What the product is for: whatever is killed in the middle of a run, it goes on and ends as if nothing had been.</summary>
[TakesSeconds(60)]
public sealed class RunKillTests : IDisposable
{
    private const long Orders = 20_000;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly string _plan = Directory.CreateTempSubdirectory("plan-").FullName;

    [Fact]
    public async Task A_run_of_which_every_part_is_killed_goes_on_and_finishes_with_no_row_lost_or_doubled()
    {
        CopyTutorialInSmallChunks();
        await using var home = new StackHome();
        await using (var run = OrchestratorProcess.Start(home.Folder, ["run", _plan, "--yes"]))
        {
            await ChunksAsync(home, run, 10);
            Scratch.Kill(home.ProcessOf(Piece.Worker));
            await ChunksAsync(home, run, 40);
            Scratch.Kill(home.ProcessOf(Piece.Service));
            await ChunksAsync(home, run, 70);
            Scratch.Kill(home.Postmaster);
            await ChunksAsync(home, run, 100);
            KillEverything(home, run);
        }

        await using var again = OrchestratorProcess.Start(home.Folder, ["run", _plan, "--yes"]);
        Assert.Equal(0, await again.ExitAsync());

        await using var database = await home.OpenDatabaseAsync();
        var server = database.ConnectionString();
        Assert.Equal(Orders, await ScalarAsync(server, "select count(*) from order_totals"));
        Assert.Equal(Orders, await ScalarAsync(server, "select sum(rows)::bigint from orchestrator.chunks where step = 'totals'"));
    }

    public void Dispose() => Directory.Delete(_plan, recursive: true);

    /// <summary>Small enough that there is a middle to kill in, on a quick machine too.</summary>
    private void CopyTutorialInSmallChunks()
    {
        var tutorial = Path.Combine(SourceTree.Root, "plans", "tutorial");
        foreach (var file in Directory.EnumerateFiles(tutorial, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(_plan, Path.GetRelativePath(tutorial, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        var plan = Path.Combine(_plan, "plan.yaml");
        var text = File.ReadAllText(plan);
        File.WriteAllText(plan, Replaced(text, "chunk-rows: 5_000", "chunk-rows: 100\n        pace: { rows-per-second: 2_000 }"));
        var orders = Path.Combine(_plan, "sql", "020_orders.sql");
        File.WriteAllText(orders, Replaced(File.ReadAllText(orders), "200000", $"{Orders}"));
    }

    private static string Replaced(string text, string old, string now)
    {
        Assert.Contains(old, text, StringComparison.Ordinal);
        return text.Replace(old, now, StringComparison.Ordinal);
    }

    private static void KillEverything(StackHome home, OrchestratorProcess run)
    {
        run.Kill();
        int[] pieces = [home.ProcessOf(Piece.Worker), home.ProcessOf(Piece.Service), home.Postmaster, home.ProcessOf(Piece.Database)];
        foreach (var process in pieces.Where(Scratch.Runs))
        {
            Scratch.Kill(process);
        }
    }

    private static async Task ChunksAsync(StackHome home, OrchestratorProcess run, long atLeast)
    {
        var waited = Stopwatch.StartNew();
        while (await ScalarAsync(home.AddressOf(Piece.Database), "select count(*) from orchestrator.chunks where step = 'totals'") is not { } chunks || chunks < atLeast)
        {
            Assert.True(waited.Elapsed < Patience, $"Not {atLeast} chunks after {Patience}. The command said: {run.Said}");
            await Task.Delay(20);
        }
    }

    /// <summary>Null while there is no such server, database or table, which is so at the beginning and after a kill.</summary>
    private static async Task<long?> ScalarAsync(string server, string sql)
    {
        if (server == "")
        {
            return null;
        }

        try
        {
            var settings = new NpgsqlConnectionStringBuilder(server) { Database = "tutorial_shop", Pooling = false };
            await using var connection = new NpgsqlConnection(settings.ConnectionString);
            await connection.OpenAsync();
#pragma warning disable CA2100 // Literals of the test above.
            await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
            return await command.ExecuteScalarAsync() as long?;
        }
        catch (NpgsqlException)
        {
            return null;
        }
    }
}
