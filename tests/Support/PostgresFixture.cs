namespace Orchestrator.Tests.Support;

/// <summary>An empty database for one test class: <c>class XTests(PostgresFixture postgres) : IClassFixture&lt;PostgresFixture&gt;</c>.</summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    public string ConnectionString { get; private set; } = "";

    public async Task InitializeAsync() => ConnectionString = await TestCluster.CreateDatabaseAsync();

    public Task DisposeAsync() => TestCluster.DropDatabaseAsync(ConnectionString);
}
