using Dapper;
using Npgsql;
using Orchestrator.Activities.Rehearsals;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Rehearsals;

[Collection(InstalledPostgresCollection.Name)]
public sealed class CloneTests(InstalledPostgres server)
{
    [InstalledPostgresFact]
    public async Task A_database_that_people_are_working_in_is_dumped_and_restored()
    {
        var source = await server.CreateDatabaseAsync();
        await using var working = new NpgsqlConnection(source);
        await working.OpenAsync();
        await working.ExecuteAsync("create table orders (id int primary key, note text); create index orders_by_note on orders (note); insert into orders select n, 'n' || n from generate_series(1, 500) n");
        var name = $"clone_{Guid.NewGuid():N}";
        var clone = new Clone(source, name, InstalledPostgres.ReadVariable);

        await clone.MakeAsync(default);
        // A worker that was killed tries again, and finds what the first attempt has left.
        await clone.MakeAsync(default);

        await using (var copied = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(source) { Database = name, Pooling = false }.ConnectionString))
        {
            Assert.Equal(500, await copied.ExecuteScalarAsync<long>("select count(*) from orders where note like 'n%'"));
            Assert.Equal("orders_by_note", await copied.ExecuteScalarAsync<string>("select to_regclass('orders_by_note')::text"));
        }

        await clone.DropAsync(default);
        Assert.Equal(0, await working.ExecuteScalarAsync<long>("select count(*) from pg_database where datname = @name", new { name }));
        Assert.Equal(500, await working.ExecuteScalarAsync<long>("select count(*) from orders"));
    }
}
