using System.Globalization;

namespace Orchestrator.Bench.Temporal;

/// <summary>What a process and all that descend from it have used. Linux only.</summary>
internal readonly record struct ProcessTree(int Root)
{
    /// <summary>Linux counts in hundredths of a second here, whatever the kernel's own tick is.</summary>
    private const int TicksPerSecond = 100;

    private const long KibibytesPerMebibyte = 1024;

    public static TimeSpan Own => Environment.CpuUsage.TotalTime;

    public TimeSpan ProcessorTime => TimeSpan.FromSeconds(Members().Sum(each => each.Ticks) / (double)TicksPerSecond);

    /// <summary>Resident memory of the largest one, which is the program itself and not the shells around it.</summary>
    public long ResidentMebibytes => Members().Max(each => ResidentKibibytes(each.Id)) / KibibytesPerMebibyte;

    private List<Entry> Members()
    {
        var all = Directory.EnumerateDirectories("/proc")
            .Where(folder => int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out _))
            .Select(Read)
            .OfType<Entry>()
            .ToLookup(each => each.Parent);
        var root = Root;
        List<Entry> members = [.. all.SelectMany(siblings => siblings).Where(each => each.Id == root)];
        for (var index = 0; index < members.Count; index++)
        {
            members.AddRange(all[members[index].Id]);
        }

        return members;
    }

    private static Entry? Read(string folder)
    {
        try
        {
            var text = File.ReadAllText(Path.Combine(folder, "stat"));
            // proc(5): the name is in parentheses and may hold spaces; after it state, ppid, ..., utime, stime, cutime, cstime as fields 14 to 17.
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            var ticks = fields[11..15].Sum(field => long.Parse(field, CultureInfo.InvariantCulture));
            return new Entry(int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture), int.Parse(fields[1], CultureInfo.InvariantCulture), ticks);
        }
        // It ended in between.
        catch (IOException)
        {
            return null;
        }
    }

    private static long ResidentKibibytes(int id)
    {
        const string Field = "VmRSS:";
        var line = File.ReadLines($"/proc/{id}/status").FirstOrDefault(line => line.StartsWith(Field, StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line[Field.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
    }

    private sealed record Entry(int Id, int Parent, long Ticks);
}
