using System.CommandLine;
using Npgsql;
using Orchestrator.Activities.DryRuns;
using Orchestrator.Activities.Postgres;
using Orchestrator.Cli.Embedded;
using Orchestrator.Cli.Plans;
using Orchestrator.Cli.Rendering;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orchestrator plan dry-run PLAN</c>: how many rows, bytes and chunks each step would move, and how long that takes.</summary>
internal static class DryRunCommand
{
    public static Command Create()
    {
        var folder = SharedOptions.PlanFolder();
        var environment = new Option<string>("--environment", "-e") { Description = "Which of the plan's environments.", DefaultValueFactory = _ => "local" };
        var json = SharedOptions.Json();
        var command = new Command("dry-run", "Estimates the steps that move rows, in read-only transactions: nothing is written anywhere.") { folder, environment, json };
        command.SetAction((parsed, cancel) =>
        {
            var reading = PlanFolder.Read(parsed.GetRequiredValue(folder));
            foreach (var fault in reading.Faults)
            {
                parsed.InvocationConfiguration.Error.WriteLine(fault);
            }

            return reading.Plan is { } plan
                ? RunAsync(parsed, plan, parsed.GetRequiredValue(environment), parsed.GetValue(json), cancel)
                : Task.FromResult((int)ExitCode.Usage);
        });
        return command;
    }

    /// <summary>Where variables bind the databases there is nothing to start: what is estimated runs elsewhere.</summary>
    private static async Task<int> RunAsync(ParseResult parsed, MigrationPlan plan, string environment, bool json, CancellationToken cancel)
    {
        var output = parsed.InvocationConfiguration.Output;
        if (plan.FindEnvironment(environment) is not { Bindings: not null })
        {
            return await Scene.RunAsync(parsed, json, scene => EstimateAsync(plan, environment, scene.Addresses.Ledger, scene.Addresses.Local, output, json, cancel), cancel);
        }

        var ledger = StackChoice.From(Environment.GetEnvironmentVariable).Ledger;
        return (int)await Scene.GuardAsync(
            parsed.InvocationConfiguration.Error, () => EstimateAsync(plan, environment, ledger, null, output, json, cancel), cancel);
    }

    private static async Task<ExitCode> EstimateAsync(
        MigrationPlan plan, string environment, string? ledgerAddress, string? local, TextWriter output, bool json, CancellationToken cancel)
    {
        if (plan.FindEnvironment(environment) is null)
        {
            throw new RefusedException($"The plan '{plan.Name}' has no environment '{environment}'; it has {string.Join(", ", plan.Environments.Select(e => e.Name))}.");
        }

        await using var databases = new Databases(new ActivitySettings
        {
            // Never opened by way of these, which would bring the ledger's schema up to date.
            Ledger = ledgerAddress ?? "",
            LocalServer = local,
            ReadVariable = Environment.GetEnvironmentVariable,
        });
        await using var ledger = ledgerAddress is null ? null : NpgsqlDataSource.Create(ledgerAddress);
        var estimates = await new DryRun(databases, plan, environment, ledger, TimeProvider.System).EstimateAsync(cancel);
        await Scene.TellAsync(
            output,
            json,
            new { Plan = plan.Name, Environment = environment, Steps = estimates, Seconds = estimates.Sum(e => e.Seconds ?? 0), Bytes = estimates.Sum(e => e.Bytes ?? 0) },
            estimates.Select(Line).Append(Total(estimates)));
        return ExitCode.Done;
    }

    private static string Line(StepEstimate estimate)
    {
        var head = $"{estimate.Batch}.{estimate.Step} ({estimate.Kind.ToString().ToLowerInvariant()})";
        if (estimate.State == "done")
        {
            return $"{head}: done; a rerun would change {estimate.Changes:N0} rows";
        }

        if (estimate.Walked is null)
        {
            return $"{head}: {estimate.Problem}";
        }

        var changes = $"would change {(estimate.IsAtMost ? "at most" : "about")} {estimate.Changes:N0} rows of {estimate.Walked:N0}";
        var size = $"{Size(estimate.Bytes ?? 0)}{(estimate.Chunks is { } chunks ? $" in {chunks:N0} chunks" : "")}";
        var duration = estimate.Seconds is { } seconds ? Pace.Words(TimeSpan.FromSeconds(seconds)) : "no time to speak of";
        return $"{head}: {changes}, {size}, {duration} ({estimate.Basis}){(estimate.Problem is null ? "" : $". {estimate.Problem}")}";
    }

    private static string Total(IReadOnlyList<StepEstimate> estimates) => estimates.Count == 0
        ? "No step of the plan moves rows."
        : $"In all about {Pace.Words(TimeSpan.FromSeconds(estimates.Sum(e => e.Seconds ?? 0)))}, one step after the other. Nothing was written.";

    private static string Size(long bytes) => bytes switch
    {
        < 1024 * 1024 => $"{bytes / 1024.0:N0} kB",
        < 1024L * 1024 * 1024 => $"{bytes / 1024.0 / 1024:N1} MB",
        _ => $"{bytes / 1024.0 / 1024 / 1024:N1} GB",
    };
}
