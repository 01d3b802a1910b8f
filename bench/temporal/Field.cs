using System.Globalization;
using TemporalDev.Postgres;

namespace Orchestrator.Bench.Temporal;

/// <summary>All contestants of a run, started; they stay up, so that each is measured in turns with the others.</summary>
internal sealed class Field : IAsyncDisposable
{
    private const string DatabaseName = "temporal";

    private readonly List<Contestant> _contestants = [];
    private readonly string _folder;
    private EmbeddedPostgres? _database;

    private Field(string folder) => _folder = folder;

    public IReadOnlyList<Contestant> Contestants => _contestants;

    public static async Task<Field> OpenAsync(BenchOptions options, string folder)
    {
        var field = new Field(folder);
        try
        {
            foreach (var kind in options.Contestants)
            {
                await field.StartAsync(kind, options.Worker);
            }

            return field;
        }
        catch
        {
            await field.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var contestant in _contestants)
        {
            await contestant.DisposeAsync();
        }

        if (_database is not null)
        {
            await _database.DisposeAsync();
        }
    }

    private async Task StartAsync(ContestantKind kind, WorkerKind worker)
    {
        if (await CommandAsync(kind) is not { } command)
        {
            Console.WriteLine($"{Report.Name(kind)}: {OfficialCli.NotAtHand}");
            return;
        }

        var contestant = await Contestant.StartAsync(command, kind == ContestantKind.EmbeddedDurable ? DatabaseProcesses() : null, worker);
        _contestants.Add(contestant);
        Console.WriteLine($"{Report.Name(kind)} on {contestant.Address}, started in {contestant.FirstStart.TotalSeconds:0.00} s");
    }

    private async Task<ServerCommand?> CommandAsync(ContestantKind kind) => kind switch
    {
        ContestantKind.EmbeddedDurable => ServerCommand.Embedded(kind, "--db", await DatabaseAsync()),
        ContestantKind.EmbeddedMemory => ServerCommand.Embedded(kind, "--memory"),
        ContestantKind.OfficialDurable => OfficialCli.Find() is { } cli ? ServerCommand.Official(kind, cli, "--db-filename", Path.Combine(_folder, "official.db")) : null,
        ContestantKind.OfficialMemory => OfficialCli.Find() is { } cli ? ServerCommand.Official(kind, cli) : null,
        _ => throw new InvalidOperationException($"No server is known for {kind}."),
    };

    private async Task<string> DatabaseAsync()
    {
        _database = await EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions { Folder = Path.Combine(_folder, "postgres") });
        await _database.EnsureDatabaseAsync(DatabaseName);
        return _database.ConnectionString(DatabaseName);
    }

    /// <summary>PostgreSQL writes the id of its first process on the first line of this file.</summary>
    private ProcessTree DatabaseProcesses()
    {
        var file = Directory.EnumerateFiles(Path.Combine(_folder, "postgres"), "postmaster.pid", SearchOption.AllDirectories).Single();
        return new ProcessTree(int.Parse(File.ReadLines(file).First(), CultureInfo.InvariantCulture));
    }
}
