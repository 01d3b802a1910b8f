using Npgsql;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Postgres;

public sealed class EmbeddedPostgresTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task A_test_class_has_a_database_of_its_own()
    {
        await using var source = NpgsqlDataSource.Create(postgres.ConnectionString);
        await using var command = source.CreateCommand("select count(*) from pg_stat_activity where datname = current_database()");

        Assert.Equal(1L, await command.ExecuteScalarAsync());
    }
}
