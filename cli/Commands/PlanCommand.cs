using System.CommandLine;
using Orchestrator.Activities.Rehearsals;
using Orchestrator.Cli.Plans;
using Orchestrator.Cli.Rendering.Documents;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Gates;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orchestrator plan lint|publish|dry-run|show|schema|runbook</c>: what a folder says, without running it.</summary>
internal static class PlanCommand
{
    public static Command Create() => new("plan", "Reads a plan without running it.") { PlanLintCommand.Create(), PlanPublishCommand.Create(), DryRunCommand.Create(), Show(), Schema(), RunbookOf() };

    private static Command Show()
    {
        var folder = SharedOptions.PlanFolder();
        var json = SharedOptions.Json();
        var command = new Command("show", "Shows the batches in the order in which they would run. With --json, the canonical form that the digest is of.") { folder, json };
        command.SetAction(parsed => (int)WithPlan(parsed.GetRequiredValue(folder), parsed.InvocationConfiguration.Error, plan =>
        {
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
            {
                output.WriteLine(PlanCanon.Write(plan));
                return;
            }

            foreach (var line in Outline(plan))
            {
                output.WriteLine(line);
            }
        }));
        return command;
    }

    private static Command Schema()
    {
        var command = new Command("schema", "Prints the JSON Schema of plan.yaml, for editors.");
        command.SetAction(parsed => parsed.InvocationConfiguration.Output.WriteLine(PlanSchema.Write()));
        return command;
    }

    private static Command RunbookOf()
    {
        var folder = SharedOptions.PlanFolder();
        var html = new Option<bool>("--html") { Description = "HTML instead of Markdown." };
        var target = SharedOptions.Out();
        var measured = new Option<bool>("--measured") { Description = "With the times and locks that the last rehearsal of this very plan measured, from the ledger." };
        var command = new Command("runbook", "Writes what will happen, who answers for it and how it is taken back.") { folder, html, target, measured };
        command.SetAction((parsed, cancel) => parsed.GetValue(measured)
            ? Scene.RunAsync(parsed, json: false, async scene => Write(parsed, await FindRehearsalAsync(scene, parsed.GetRequiredValue(folder), cancel)), cancel)
            : Task.FromResult((int)Write(parsed, new Dictionary<string, RehearsalOutline>())));
        return command;

        ExitCode Write(ParseResult parsed, IReadOnlyDictionary<string, RehearsalOutline> rehearsal) =>
            WithPlan(parsed.GetRequiredValue(folder), parsed.InvocationConfiguration.Error, plan =>
            {
                var book = Runbook.Of(plan, rehearsal);
                var text = parsed.GetValue(html) ? book.ToHtml() : book.ToMarkdown();
                if (parsed.GetValue(target) is { } file)
                {
                    File.WriteAllText(file, text);
                }
                else
                {
                    parsed.InvocationConfiguration.Output.Write(text);
                }
            });
    }

    private static async Task<IReadOnlyDictionary<string, RehearsalOutline>> FindRehearsalAsync(Scene scene, string folder, CancellationToken cancel)
    {
        if (PlanFolder.Read(folder).Plan is not { } plan)
        {
            return new Dictionary<string, RehearsalOutline>();
        }

        var found = await LastRehearsal.ReadAsync(await scene.LedgerAsync(cancel), PlanCanon.DigestOf(plan), cancel);
        if (found.Count == 0)
        {
            await scene.Error.WriteLineAsync("This plan, as it is, has never been rehearsed: 'orchestrator rehearse' measures it.");
        }

        return found;
    }

    private static ExitCode WithPlan(string folder, TextWriter error, Action<MigrationPlan> act)
    {
        var reading = PlanFolder.Read(folder);
        foreach (var fault in reading.Faults)
        {
            error.WriteLine(fault);
        }

        if (reading.Plan is not { } plan)
        {
            return ExitCode.Usage;
        }

        try
        {
            act(plan);
            return ExitCode.Done;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error.WriteLine(e.Message);
            return ExitCode.Failed;
        }
    }

    private static IEnumerable<string> Outline(MigrationPlan plan)
    {
        yield return $"{plan.Name}: {plan.Title}";
        yield return $"digest {PlanCanon.DigestOf(plan)}";
        yield return $"environments: {string.Join(", ", plan.Environments.Select(e => e.Name))}; databases: {string.Join(", ", plan.Databases)}";
        foreach (var batch in BatchOrder.Sort(plan.Batches, b => b.Id, b => b.Needs))
        {
            yield return $"{batch.Id}: {batch.Title} ({batch.Owner}){(batch.Needs.Count == 0 ? "" : $", after {string.Join(", ", batch.Needs)}")}";
            foreach (var check in batch.Prechecks)
            {
                yield return $"  precheck {check.Id}: {check.Title}, {check.DescribeRule()}";
            }

            foreach (var step in batch.Steps)
            {
                yield return $"  step {step.Id}: {step.Title} ({step.Kind.ToString().ToLowerInvariant()} on {step.Database})";
            }

            foreach (var check in batch.Postchecks)
            {
                yield return $"  postcheck {check.Id}: {check.Title}, {check.DescribeRule()}";
            }

            if (batch.Gate is { } gate)
            {
                yield return $"  gate: {gate.Question} {gate.Quorum} of {GateRules.Describe(gate)}";
            }
        }
    }
}
