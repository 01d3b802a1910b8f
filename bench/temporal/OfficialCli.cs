namespace Orchestrator.Bench.Temporal;

/// <summary>The official command line tool, which has a server inside.</summary>
internal static class OfficialCli
{
    public const string NotAtHand = "not at hand: the official Temporal CLI (TEMPORAL_CLI, or in shared/temporal beside the checkout, or on the PATH)";

    private const string Variable = "TEMPORAL_CLI";

    public static string? Find()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
        {
            return named;
        }

        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Prepend(Path.Combine(Checkout.Root, "..", "shared", "temporal"))
            .Select(folder => Path.Combine(folder, "temporal"))
            .FirstOrDefault(File.Exists);
    }
}
