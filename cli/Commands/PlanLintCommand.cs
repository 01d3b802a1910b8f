using System.CommandLine;
using Orchestrator.Cli.Plans;
using Orchestrator.Cli.Rendering;
using Orchestrator.Workflows.Lint;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orchestrator plan lint PLAN</c>: what is dangerous in its SQL, which lock it takes, and the safer form.</summary>
internal static class PlanLintCommand
{
    public static Command Create()
    {
        var folder = SharedOptions.PlanFolder();
        var postgres = new Option<int?>("--postgres") { Description = $"The server's major version, {LintSettings.OldestPostgres} to {LintSettings.NewestPostgres}; else what the plan's 'lint' says." };
        postgres.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < LintSettings.OldestPostgres or > LintSettings.NewestPostgres)
            {
                result.AddError($"--postgres must be from {LintSettings.OldestPostgres} to {LintSettings.NewestPostgres}.");
            }
        });
        var strict = new Option<bool>("--strict") { Description = "Warnings fail, too." };
        var json = SharedOptions.Json();
        var command = new Command("lint", "Names what is dangerous in a plan's SQL, the lock it takes, and the safer form.") { folder, postgres, strict, json };
        command.SetAction(parsed => (int)Lint(
            PlanFolder.Read(parsed.GetRequiredValue(folder)),
            parsed.GetValue(postgres),
            parsed.GetValue(strict) ? Severity.Warning : Severity.Error,
            parsed.GetValue(json),
            parsed.InvocationConfiguration.Output,
            parsed.InvocationConfiguration.Error));
        return command;
    }

    private static ExitCode Lint(PlanReading reading, int? postgres, Severity worst, bool json, TextWriter output, TextWriter error)
    {
        foreach (var fault in reading.Faults)
        {
            error.WriteLine(fault);
        }

        if (reading.Plan is not { } plan)
        {
            return ExitCode.Usage;
        }

        var settings = new LintSettings { PostgresVersion = postgres ?? reading.Lint.Postgres };
        var report = PlanLinter.Lint(PlanFiles.Of(plan), settings, reading.Lint.Allowed);
        if (json)
        {
            JsonOutput.Write(output, new { Postgres = settings.PostgresVersion, Findings = report.Findings.Select(ToJson), Allowed = report.Allowed.Select(ToJson), report.LeftOut });
        }
        else
        {
            Tell(report, output);
        }

        return report.Findings.Any(f => f.Severity >= worst) ? ExitCode.Failed : ExitCode.Done;
    }

    private static void Tell(LintReport report, TextWriter output)
    {
        foreach (var finding in report.Findings)
        {
            output.WriteLine($"{finding.File}:{finding.At.Line}:{finding.At.Column}: {finding.Severity.ToString().ToLowerInvariant()} {finding.Rule}: {finding.Risk}{LockOf(finding)}");
            output.WriteLine($"    {finding.Safer.Advice}");
            foreach (var line in finding.Safer.Files.SelectMany(file => file.Split('\n')))
            {
                output.WriteLine($"        {line}");
            }
        }

        foreach (var allowed in report.Allowed)
        {
            output.WriteLine($"{allowed.File}:{allowed.At.Line}:{allowed.At.Column}: allowed {allowed.Rule}: {allowed.AllowedBecause}");
        }

        var counts = Enum.GetValues<Severity>().Reverse().Select(s => $"{report.Findings.Count(f => f.Severity == s)} {s.ToString().ToLowerInvariant()}s");
        output.WriteLine($"{string.Join(", ", counts)}, {report.Allowed.Length} allowed.{(report.LeftOut > 0 ? $" {report.LeftOut} more are left out." : "")}");
    }

    private static string LockOf(Finding finding) =>
        finding.Lock is null ? "" : $" Lock: {finding.Lock} on {finding.Relation}{(finding.Work == TableWork.None ? "" : $", {WordsOf(finding.Work)}")}.";

    private static string WordsOf(TableWork work) => work switch
    {
        TableWork.Scan => "while every row is read",
        TableWork.BuildIndex => "while an index is built",
        TableWork.Rewrite => "while every row is written anew",
        _ => throw new InvalidOperationException($"No words for {work}."),
    };

    private static object ToJson(Finding finding) => new
    {
        finding.Rule,
        finding.Severity,
        finding.File,
        finding.At.Line,
        finding.At.Column,
        finding.Statement,
        finding.Risk,
        Safer = finding.Safer.Advice,
        SaferSql = finding.Safer.Files.IsDefaultOrEmpty ? null : finding.Safer.Files.ToArray(),
        Relation = finding.Relation?.ToString(),
        Lock = finding.Lock?.ToString(),
        finding.Work,
        finding.AllowedBecause,
    };
}
