using System.Text.Json;

namespace TemporalDev.Postgres;

/// <summary>
/// npm packages cannot carry symbolic links. These list theirs in pg-symlinks.json and leave creating them to an
/// install script, which is not run here: nothing from a registry executes before it is asked for.
/// </summary>
internal static class LinkHydration
{
    private sealed record Link(string Source, string Target);

    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web);

    public static void Hydrate(string packageFolder)
    {
        var list = Path.Combine(packageFolder, "native", "pg-symlinks.json");
        if (!File.Exists(list))
        {
            return;
        }

        foreach (var link in JsonSerializer.Deserialize<Link[]>(File.ReadAllText(list), Format) ?? [])
        {
            var target = Inside(packageFolder, link.Target);
            var source = Inside(packageFolder, link.Source);
            var folder = Path.GetDirectoryName(target)!;
            Directory.CreateDirectory(folder);
            File.Delete(target);
            // Relative, so that the folder can be moved into its final place afterwards.
            File.CreateSymbolicLink(target, Path.GetRelativePath(folder, source));
        }
    }

    private static string Inside(string folder, string relative)
    {
        var path = Path.GetFullPath(Path.Combine(folder, relative));
        return path.StartsWith(Path.GetFullPath(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? path
            : throw new EmbeddedPostgresException($"The package in '{folder}' wants a link outside of itself: '{relative}'.");
    }
}
