using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Copying;

/// <summary>
/// The database that copies are read from. <c>COPY_SOURCE</c> puts a server of another major version in its place, by a connection
/// string whose user may create databases.
/// </summary>
public sealed class SourceFixture : IAsyncLifetime
{
    public string ConnectionString { get; private set; } = "";

    public async Task InitializeAsync()
    {
        if (Environment.GetEnvironmentVariable("COPY_SOURCE") is { Length: > 0 } other)
        {
            ConnectionString = other;
            return;
        }

        ConnectionString = await TestCluster.CreateDatabaseAsync();
    }

    public Task DisposeAsync() => Environment.GetEnvironmentVariable("COPY_SOURCE") is { Length: > 0 }
        ? Task.CompletedTask
        : TestCluster.DropDatabaseAsync(ConnectionString);
}
