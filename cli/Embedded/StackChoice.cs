namespace Orchestrator.Cli.Embedded;

/// <summary>What the environment names is used as it is; the rest is embedded.</summary>
/// <param name="NamesTemporal">Temporal's own variables say where it is; the client reads them itself.</param>
internal sealed record StackChoice(bool NamesTemporal, string? Ledger, string? Local)
{
    public const string TemporalVariable = "TEMPORAL_ADDRESS";
    public const string NamespaceVariable = "TEMPORAL_NAMESPACE";
    public const string LedgerVariable = "ORCHESTRATOR_LEDGER";
    public const string LocalVariable = "ORCHESTRATOR_LOCAL";

    private static readonly string[] TemporalVariables = [TemporalVariable, "TEMPORAL_PROFILE", "TEMPORAL_CONFIG_FILE"];

    public bool EmbedsAnything => !NamesTemporal || Ledger is null;

    /// <summary>In starting order. A worker is embedded with whatever it alone can reach; where everything is elsewhere, so are the workers.</summary>
    public IReadOnlyList<Piece> Pieces =>
        !EmbedsAnything ? [] : NamesTemporal ? [Piece.Database, Piece.Worker] : [Piece.Database, Piece.Service, Piece.Worker];

    public static StackChoice From(Func<string, string?> variable)
    {
        return new StackChoice(TemporalVariables.Any(name => Named(name) is not null), Named(LedgerVariable), Named(LocalVariable));

        string? Named(string name) => variable(name) is { Length: > 0 } value ? value : null;
    }
}
