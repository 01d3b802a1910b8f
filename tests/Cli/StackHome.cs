using System.Diagnostics;
using Orchestrator.Cli.Embedded;
using Orchestrator.Tests.Postgres;
using TemporalDev.Postgres;

namespace Orchestrator.Tests.Cli;

/// <summary>A state folder for one test, and what can be seen in it from outside.</summary>
internal sealed class StackHome : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly StateFolder _state;
    private readonly PieceRecords _records;

    public StackHome()
    {
        Folder = Directory.CreateTempSubdirectory("orchestrator-home-").FullName;
        _state = new StateFolder(Folder);
        _records = new PieceRecords(_state);
    }

    public string Folder { get; }

    public int Postmaster => PostmasterFile.TryRead(Path.Combine(_state.Postgres, "cluster"))?.ProcessId ?? 0;

    public OrchestratorProcess Up(params (string, string?)[] environment) => OrchestratorProcess.Start(Folder, ["up"], environment);

    public bool IsAlive(Piece piece) => _records.IsAlive(piece);

    public int ProcessOf(Piece piece) => _records.TryRead(piece)?.ProcessId ?? 0;

    public string AddressOf(Piece piece) => _records.TryRead(piece)?.Address ?? "";

    public async Task WaitAsync(string what, Func<bool> condition)
    {
        var waited = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(waited.Elapsed < Patience, $"Still not after {Patience}: {what}. {Logs()}");
            await Task.Delay(50);
        }
    }

    /// <summary>The cluster without its stack, to look at what has become of it.</summary>
    public async Task<EmbeddedPostgres> OpenDatabaseAsync()
    {
        await WaitForStandstillAsync();
        return await EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions { Folder = _state.Postgres });
    }

    /// <summary>Ready again as another process, where it was before.</summary>
    public Task WaitForSuccessorAsync(Piece piece, int killed) =>
        WaitAsync($"{piece} runs again", () => IsAlive(piece) && ProcessOf(piece) is not 0 and var now && now != killed);

    public Task WaitForStandstillAsync()
    {
        var postmaster = Postmaster;
        return WaitAsync("everything has stopped", () => !Enum.GetValues<Piece>().Any(IsAlive) && !Scratch.Runs(postmaster));
    }

    public async ValueTask DisposeAsync()
    {
        await WaitForStandstillAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private string Logs() =>
        string.Join(Environment.NewLine, Directory.EnumerateFiles(_state.Logs).Select(log => $"{Path.GetFileName(log)}: {File.ReadAllText(log)}"));
}
