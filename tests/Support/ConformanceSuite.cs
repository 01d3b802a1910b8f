using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Orchestrator.Tests.House;

namespace Orchestrator.Tests.Support;

/// <summary>Runs a suite of <c>tests/conformance</c> in Node against an address and tells how each scenario ended.</summary>
internal static partial class ConformanceSuite
{
    private static readonly TimeSpan InstallLimit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan CompareLimit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan SpawnLimit = TimeSpan.FromMinutes(3);
    private static readonly string Folder = Path.Combine(SourceTree.Root, "tests", "conformance");
    private static readonly SemaphoreSlim OneInstallation = new(1, 1);

    /// <summary>
    /// Every scenario of a suite as its runner names it. Read from the source, because tests are discovered
    /// before the packages that the scenarios import are there.
    /// </summary>
    public static ImmutableArray<string> Scenarios(string suite) =>
    [
        .. from file in Directory.EnumerateFiles(Path.Combine(Folder, "scenarios", suite), "*.mjs").Order(StringComparer.Ordinal)
           from Match sentence in Sentence().Matches(File.ReadAllText(file))
           select $"{Path.GetFileNameWithoutExtension(file)}: {sentence.Groups["text"].Value.Replace("\\'", "'", StringComparison.Ordinal)}",
    ];

    public static async Task<IReadOnlyDictionary<string, ScenarioOutcome>> RunAsync(
        string suite, string address, TimeSpan limit, IReadOnlyDictionary<string, string>? environment = null) =>
        Outcomes(await RecordAsync(suite, address, limit, environment));

    /// <summary>Everything that the suite saw, as its runner writes it: an object a line.</summary>
    public static async Task<string> RecordAsync(
        string suite, string address, TimeSpan limit, IReadOnlyDictionary<string, string>? environment = null)
    {
        await InstallAsync();
        var output = await RunAsync("node", ["run.mjs", "--suite", suite, "--address", address, "--json"], limit, environment);
        var record = string.Join('\n', Objects(output.Text));
        Assert.True(record.Length > 0, $"The suite '{suite}' reported nothing.\n{output}");
        return record;
    }

    /// <summary>Starts a program of the folder, which says "ready" when it is.</summary>
    public static async Task<Process> SpawnAsync(string script, params string[] arguments)
    {
        await InstallAsync();
        var start = new ProcessStartInfo("node", [script, .. arguments]) { WorkingDirectory = Folder, RedirectStandardOutput = true };
        var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(SpawnLimit);
        while (await process.StandardOutput.ReadLineAsync(patience.Token) is not "ready")
        {
            Assert.False(process.HasExited, $"{script} ended with {(process.HasExited ? process.ExitCode : 0)}.");
        }

        return process;
    }

    public static IReadOnlyDictionary<string, ScenarioOutcome> Outcomes(string record) => Objects(record)
        .Select(line => JsonSerializer.Deserialize<ScenarioOutcome>(line, JsonSerializerOptions.Web)!)
        .ToDictionary(outcome => outcome.Name);

    /// <summary>Compares two records of the suite <c>temporal</c>, event by event.</summary>
    public static async Task<IReadOnlyDictionary<string, ComparisonVerdict>> CompareAsync(string one, string other)
    {
        var folder = Directory.CreateTempSubdirectory("conformance-");
        try
        {
            var files = (One: Path.Combine(folder.FullName, "one"), Other: Path.Combine(folder.FullName, "other"));
            await File.WriteAllTextAsync(files.One, one);
            await File.WriteAllTextAsync(files.Other, other);
            var output = await RunAsync("node", ["compare.mjs", files.One, files.Other, "--json"], CompareLimit, environment: null);
            var verdicts = Objects(output.Text)
                .Select(line => JsonSerializer.Deserialize<ComparisonVerdict>(line, JsonSerializerOptions.Web)!)
                .ToDictionary(verdict => verdict.Name);
            Assert.True(verdicts.Count > 0, $"The comparison reported nothing.\n{output}");
            return verdicts;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // The native core logs to the same output.
    private static IEnumerable<string> Objects(string output) => output.Split('\n').Where(line => line.StartsWith('{'));

    /// <summary>How to start one of the folder's scripts and talk to it.</summary>
    public static async Task<ProcessStartInfo> NodeAsync(string script, params IEnumerable<string> arguments)
    {
        await InstallAsync();
        return new ProcessStartInfo("node", [script, .. arguments])
        {
            WorkingDirectory = Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
    }

    private static async Task InstallAsync()
    {
        await OneInstallation.WaitAsync();
        try
        {
            // npm writes this file last, so it stands for "the packages are complete".
            var complete = Path.Combine(Folder, "node_modules", ".package-lock.json");
            if (File.Exists(complete) && File.GetLastWriteTimeUtc(complete) >= File.GetLastWriteTimeUtc(Path.Combine(Folder, "package-lock.json")))
            {
                return;
            }

            var output = await RunAsync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], InstallLimit, environment: null);
            Assert.True(output.ExitCode == 0, $"The conformance packages could not be installed.\n{output}");
            File.SetLastWriteTimeUtc(complete, DateTime.UtcNow);
        }
        finally
        {
            OneInstallation.Release();
        }
    }

    private static async Task<Output> RunAsync(
        string program, IEnumerable<string> arguments, TimeSpan limit, IReadOnlyDictionary<string, string>? environment)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment ?? ImmutableDictionary<string, string>.Empty)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        using var ending = new CancellationTokenSource(limit);
        try
        {
            var text = process.StandardOutput.ReadToEndAsync(ending.Token);
            var errors = process.StandardError.ReadToEndAsync(ending.Token);
            await process.WaitForExitAsync(ending.Token);
            return new Output(process.ExitCode, await text, await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} did not end within {limit}.");
        }
    }

    [GeneratedRegex(@"^\s*scenario\((?<quote>['""`])(?<text>(?:\\.|(?!\k<quote>).)+)\k<quote>", RegexOptions.Multiline)]
    private static partial Regex Sentence();

    private sealed record Output(int ExitCode, string Text, string Errors);
}

/// <summary>One line of the runner: <c>passed</c>, <c>failed</c> with its error, or <c>skipped</c> with its reason.</summary>
internal sealed record ScenarioOutcome(string Name, string Outcome, int Milliseconds, string? Error, string? Reason);

/// <summary>What two services did differently in one scenario, apart from what <c>differences.json</c> lists.</summary>
internal sealed record ComparisonVerdict(string Name, IReadOnlyList<ComparisonDifference> Differences);

internal sealed record ComparisonDifference(string Mark, string Key, string Part);
