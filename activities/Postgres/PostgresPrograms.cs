using System.Diagnostics;
using Npgsql;

namespace Orchestrator.Activities.Postgres;

/// <summary>PostgreSQL's own programs, for what only they can do: <c>pg_dump</c>, <c>pg_restore</c>, <c>psql</c>.</summary>
internal static class PostgresPrograms
{
    private const string FolderVariable = "ORCHESTRATOR_POSTGRES_BIN";
    private const string DebianFolder = "/usr/lib/postgresql";
    private const int ComplaintCharacters = 500;

    /// <summary>The program's path, or null where the machine has none.</summary>
    public static string? Find(string program, Func<string, string?> readVariable) =>
        Folders(readVariable).Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    /// <summary>Runs a program against a database; the password travels in its environment, never on its command line.</summary>
    public static async Task RunAsync(string program, string connection, IReadOnlyList<string> arguments, CancellationToken cancel)
    {
        var target = new NpgsqlConnectionStringBuilder(connection);
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true, RedirectStandardInput = true };
        start.Environment["PGHOST"] = target.Host;
        start.Environment["PGPORT"] = $"{target.Port}";
        start.Environment["PGDATABASE"] = target.Database;
        start.Environment["PGUSER"] = target.Username;
        start.Environment["PGPASSWORD"] = target.Password;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancel);
            var complaint = await process.StandardError.ReadToEndAsync(cancel);
            await output;
            await process.WaitForExitAsync(cancel);
            if (process.ExitCode != 0)
            {
                throw new RefusalException($"{Path.GetFileName(program)} ended with {process.ExitCode}: {Cut(complaint.Trim())}");
            }
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    private static IEnumerable<string> Folders(Func<string, string?> readVariable)
    {
        if (readVariable(FolderVariable) is { Length: > 0 } named)
        {
            yield return named;
        }

        foreach (var folder in (readVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            yield return folder;
        }

        // The newest first: an older pg_dump refuses a newer server.
        var versions = Directory.Exists(DebianFolder) ? Directory.GetDirectories(DebianFolder) : [];
        foreach (var folder in versions.OrderByDescending(v => int.TryParse(Path.GetFileName(v), out var version) ? version : 0))
        {
            yield return Path.Combine(folder, "bin");
        }
    }

    private static string Cut(string text) => text.Length <= ComplaintCharacters ? text : text[..ComplaintCharacters];
}
