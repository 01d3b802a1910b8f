using Dapper;
using Npgsql;
using Orchestrator.Activities.Backfill;
using Orchestrator.Activities.Transfer;
using Orchestrator.Tests.Support;
using Orchestrator.Workflows.Sql;

namespace Orchestrator.Tests.Backfill;

public sealed class ChunkEndsTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Theory]
    [InlineData("5000", "30000", 6000, "11000")]
    [InlineData("5000", "30000", 6500, "11000")]
    [InlineData("5000", "30000", 20000, "25000")]
    [InlineData("5000", "8000", 6000, "8000")]
    [InlineData("7000", "30000", 6000, "13000")]
    [InlineData("5000", "30000", 1, "5001")]
    public async Task An_end_that_was_looked_for_ahead_is_taken_only_where_it_still_fits(string after, string last, int rows, string end)
    {
        await using var database = NpgsqlDataSource.Create(postgres.ConnectionString);
        await using var connection = await database.OpenConnectionAsync();
        var table = $"t{Guid.NewGuid():N}";
        await connection.ExecuteAsync($"create table {table} (id int primary key); insert into {table} select generate_series(1, 40000)");
        var key = await KeyColumns.ReadAsync(connection, SqlName.TryParse(table)!, ["id"], default);
        await using var ends = new ChunkEnds(database, key, new KeyLook(connection, key), TimeProvider.System);

        ends.LookAhead(["5000"], ["30000"], 6000);
        var found = await ends.NextAsync([after], [last], rows, default);

        // A size that has hardly changed is near enough: the second has the end that was looked for.
        Assert.Equal(end, found!.Value.Last[0]);
        Assert.Equal(int.Parse(end) - int.Parse(after), found.Value.Walked);
    }
}
