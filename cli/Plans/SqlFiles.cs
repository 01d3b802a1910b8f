using System.Text;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Cli.Plans;

/// <summary>The SQL files of a plan's folder. Nothing outside of the folder is read, whatever the plan says.</summary>
internal sealed class SqlFiles(string folder, PlanFindings findings)
{
    private readonly string _root = Path.GetFullPath(folder) + Path.DirectorySeparatorChar;
    private long _bytes;

    public IReadOnlyList<SqlScript> Read(YamlMap map, string key) =>
        [.. map.Texts(key).Select(path => Read(map.At(key), path)).OfType<SqlScript>()];

    public SqlScript? Read(string at, string path)
    {
        var full = Path.GetFullPath(Path.Combine(_root, path));
        if (Path.IsPathRooted(path) || !full.StartsWith(_root, StringComparison.Ordinal))
        {
            findings.Add(at, $"'{path}' is outside of the plan's folder.");
            return null;
        }

        var file = new FileInfo(full);
        if (!file.Exists)
        {
            findings.Add(at, $"There is no file '{path}' in the plan's folder.", Nearest.Among(path, Known()));
            return null;
        }

        _bytes += file.Length;
        if (file.Length > PlanLimits.FileBytes || _bytes > PlanLimits.PlanBytes)
        {
            findings.Add(at, $"'{path}' makes the plan too large: a file has at most {PlanLimits.FileBytes:N0} bytes, all files {PlanLimits.PlanBytes:N0}.");
            return null;
        }

        return Decode(at, path, full);
    }

    private SqlScript? Decode(string at, string path, string full)
    {
        try
        {
            var text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(File.ReadAllBytes(full));
            // One digest on every machine: a checkout may have turned line ends round.
            return new SqlScript(path.Replace('\\', '/'), text.TrimStart('\uFEFF').Replace("\r\n", "\n", StringComparison.Ordinal));
        }
        catch (Exception e) when (e is DecoderFallbackException or IOException or UnauthorizedAccessException)
        {
            findings.Add(at, $"'{path}' cannot be read as UTF-8 text: {e.Message}");
            return null;
        }
    }

    private IEnumerable<string> Known() =>
        Directory.EnumerateFiles(_root, "*.sql", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(_root, f).Replace('\\', '/')).Take(1_000);
}
