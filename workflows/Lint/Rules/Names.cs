using Orchestrator.Workflows.Sql;

namespace Orchestrator.Workflows.Lint.Rules;

/// <summary>Names for what safer forms create, in the shape that PostgreSQL itself would choose.</summary>
internal static class Names
{
    private const int LongestName = 63;

    public static string Join(string table, IReadOnlyList<string> columns, string suffix)
    {
        var stem = string.Join('_', [table, .. columns]);
        var room = LongestName - suffix.Length - 1;
        return SqlNames.Quote((stem.Length > room ? stem[..room] : stem) + "_" + suffix);
    }
}
