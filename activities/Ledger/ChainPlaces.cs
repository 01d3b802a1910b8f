using Dapper;
using Npgsql;

namespace Orchestrator.Activities.Ledger;

public sealed record ChainPlace(string Name, string ConnectionString, bool IsLedger);

/// <param name="Places">Where chains are.</param>
/// <param name="Unknown">The variables of bindings that are not set here, so that nobody can tell whether there are more.</param>
public sealed record ChainSurvey(IReadOnlyList<ChainPlace> Places, IReadOnlyList<string> Unknown);

/// <summary>The databases that keep a chain of their own: the ledger's, those that plans bind by variables, and those on the local server.</summary>
public static class ChainPlaces
{
    public static async Task<ChainSurvey> ListAsync(string ledger, string? server, Func<string, string?> readVariable, CancellationToken cancel)
    {
        await using var source = NpgsqlDataSource.Create(ledger);
        var variables = await PublishedPlans.ListVariablesAsync(source, cancel);
        var found = new List<ChainPlace> { new(new NpgsqlConnectionStringBuilder(ledger).Database ?? "ledger", ledger, IsLedger: true) };
        foreach (var address in variables.Select(readVariable).OfType<string>())
        {
            await AddAsync(found, address, cancel);
        }

        if (server is not null)
        {
            await AddLocalAsync(found, server, cancel);
        }

        return new ChainSurvey(found, [.. variables.Where(v => readVariable(v) is null)]);
    }

    private static async Task AddLocalAsync(List<ChainPlace> found, string local, CancellationToken cancel)
    {
        await using var source = NpgsqlDataSource.Create(local);
        await using var connection = await source.OpenConnectionAsync(cancel);
        var names = await connection.QueryAsync<string>(new CommandDefinition(
            "select datname from pg_database where datallowconn and not datistemplate order by datname", cancellationToken: cancel));
        foreach (var name in names)
        {
            await AddAsync(found, new NpgsqlConnectionStringBuilder(local) { Database = name }.ConnectionString, cancel);
        }
    }

    private static async Task AddAsync(List<ChainPlace> found, string address, CancellationToken cancel)
    {
        var place = new NpgsqlConnectionStringBuilder(address) { Pooling = false };
        if (found.Any(f => IsSame(new NpgsqlConnectionStringBuilder(f.ConnectionString), place)) || !await KeepsChainAsync(place.ConnectionString, cancel))
        {
            return;
        }

        // Two servers may have databases of one name.
        var name = found.Any(f => f.Name == place.Database) ? $"{place.Database} on {place.Host}:{place.Port}" : place.Database!;
        found.Add(new ChainPlace(name, place.ConnectionString, IsLedger: false));
    }

    private static bool IsSame(NpgsqlConnectionStringBuilder a, NpgsqlConnectionStringBuilder b) =>
        (a.Host, a.Port, a.Database) == (b.Host, b.Port, b.Database);

    private static async Task<bool> KeepsChainAsync(string address, CancellationToken cancel)
    {
        await using var connection = new NpgsqlConnection(address);
        await connection.OpenAsync(cancel);
        return await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            "select to_regclass('orchestrator.entries') is not null", cancellationToken: cancel));
    }
}
