using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Cli;

/// <summary>A laptop stack that somebody keeps up, and a shell to work on it.</summary>
public sealed class LaptopStack : IAsyncLifetime
{
    private readonly string _settings = Directory.CreateTempSubdirectory("settings-").FullName;
    private Parts _parts = null!;

    internal OrchestratorShell Shell => _parts.Shell;

    /// <summary>A command in a process of its own, for a person at its terminal.</summary>
    internal OrchestratorProcess Start(params string[] arguments) => OrchestratorProcess.Start(_parts.Home.Folder, arguments, Settings);

    public async Task InitializeAsync()
    {
        var home = new StackHome();
        _parts = new Parts(home, home.Up(), OrchestratorShell.Start(home.Folder, Settings));
        await _parts.Up.SaysAsync("Ready.");
    }

    public async Task DisposeAsync()
    {
        await Shell.DisposeAsync();
        Assert.Equal(0, await _parts.Up.InterruptAsync());
        await _parts.Up.DisposeAsync();
        await _parts.Home.DisposeAsync();
        Directory.Delete(_settings, recursive: true);
    }

    private (string, string?)[] Settings => [("XDG_CONFIG_HOME", _settings)];

    private sealed record Parts(StackHome Home, OrchestratorProcess Up, OrchestratorShell Shell);
}

[CollectionDefinition(Name)]
[TakesSeconds(30)]
public sealed class LaptopStackCollection : ICollectionFixture<LaptopStack>
{
    public const string Name = "laptop stack";
}
