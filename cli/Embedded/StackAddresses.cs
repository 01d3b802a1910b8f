using Npgsql;

namespace Orchestrator.Cli.Embedded;

/// <summary>Where everything is, once it runs.</summary>
/// <param name="Temporal">Host and port of the embedded service; null when Temporal's own variables say it.</param>
/// <param name="Ledger">Connection string of the ledger's database.</param>
/// <param name="Local">Connection string of the server for environments that a plan leaves to the stack.</param>
internal sealed record StackAddresses(string? Temporal, string Ledger, string? Local)
{
    public const string LedgerDatabase = "orchestrator";

    private const string DatabaseKeyword = ";Database=";

    /// <summary>The header by which a call says which stack's service it means, and how Temporal's tools are told to send it.</summary>
    public const string ServiceNameHeader = "server-name";
    public const string ServiceNameVariable = "TEMPORAL_GRPC_META_SERVER_NAME";

    /// <summary>What the embedded service answers to; null where Temporal's own variables say everything.</summary>
    public string? ServiceName { get; init; }

    public static StackAddresses? Of(StackChoice choice, IReadOnlyDictionary<Piece, PieceRecord> running)
    {
        var server = running.GetValueOrDefault(Piece.Database)?.Address;
        var service = running.GetValueOrDefault(Piece.Service)?.Address;
        var ledger = choice.Ledger ?? (server is null ? null : InDatabase(server, LedgerDatabase));
        return ledger is null || (service is null && !choice.NamesTemporal) ? null : new StackAddresses(service, ledger, choice.Local ?? server);
    }

    // The embedded server names its database last. Every command asks, and the driver would have to be loaded to do it in general.
    public static string InDatabase(string server, string database) =>
        server.LastIndexOf(DatabaseKeyword, StringComparison.Ordinal) is >= 0 and var named && server.IndexOf(';', named + 1) < 0
            ? server[..(named + DatabaseKeyword.Length)] + database
            : new NpgsqlConnectionStringBuilder(server) { Database = database }.ConnectionString;

    /// <summary>For people to read, without the password.</summary>
    public string LocalEndpoint => new NpgsqlConnectionStringBuilder(Local) is { Host: { } host, Port: var port } ? $"{host}:{port}" : "elsewhere";

    /// <summary>What a process needs in its environment to find the same places.</summary>
    public Dictionary<string, string> AsVariables()
    {
        var variables = new Dictionary<string, string> { [StackChoice.LedgerVariable] = Ledger };
        if (Local is not null)
        {
            variables[StackChoice.LocalVariable] = Local;
        }

        if (Temporal is not null)
        {
            variables[StackChoice.TemporalVariable] = Temporal;
            variables[StackChoice.NamespaceVariable] = "default";
        }

        if (ServiceName is not null)
        {
            variables[ServiceNameVariable] = ServiceName;
        }

        return variables;
    }
}
