using Dapper;
using Npgsql;

namespace Orchestrator.Activities.Ledger;

public sealed record ChainPlace(string Name, string ConnectionString, bool IsLedger);

/// <summary>The databases that keep a chain of their own: the ledger's, and those on a server that plans have worked on.</summary>
public static class ChainPlaces
{
    public static async Task<IReadOnlyList<ChainPlace>> ListAsync(string ledger, string? server, CancellationToken cancel)
    {
        var own = new NpgsqlConnectionStringBuilder(ledger);
        var found = new List<ChainPlace> { new(own.Database ?? "ledger", ledger, IsLedger: true) };
        if (server is not { } local)
        {
            return found;
        }

        await using var source = NpgsqlDataSource.Create(local);
        await using var connection = await source.OpenConnectionAsync(cancel);
        var names = await connection.QueryAsync<string>(new CommandDefinition(
            "select datname from pg_database where datallowconn and not datistemplate order by datname", cancellationToken: cancel));
        foreach (var name in names.Where(n => n != own.Database))
        {
            var address = new NpgsqlConnectionStringBuilder(local) { Database = name, Pooling = false }.ConnectionString;
            if (await KeepsChainAsync(address, cancel))
            {
                found.Add(new ChainPlace(name, address, IsLedger: false));
            }
        }

        return found;
    }

    private static async Task<bool> KeepsChainAsync(string address, CancellationToken cancel)
    {
        await using var connection = new NpgsqlConnection(address);
        await connection.OpenAsync(cancel);
        return await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            "select to_regclass('orchestrator.entries') is not null", cancellationToken: cancel));
    }
}
