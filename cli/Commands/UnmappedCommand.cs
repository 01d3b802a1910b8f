using System.CommandLine;
using Orchestrator.Activities.Ledger;
using Orchestrator.Activities.Matching;
using Orchestrator.Activities.Postgres;
using Orchestrator.Cli.Programs;
using Orchestrator.Cli.Rendering;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orchestrator unmapped list|assign|resolve|close|reopen</c>: what matching could not tell, and what people say to it.</summary>
internal static class UnmappedCommand
{
    private const int UsualEntries = 100;
    private const int MostEntries = 10_000;

    public static Command Create() => new("unmapped", "The queue of rows without a counterpart and references without a new id.")
    {
        List(),
        Answer(UnmappedAct.Assign, "assign", "Says who is to look at an entry."),
        Answer(UnmappedAct.Resolve, "resolve", "Names the counterpart of an entry; the next run of the plan takes it in."),
        Answer(UnmappedAct.Close, "close", "There is no counterpart, and nobody is to be asked again."),
        Answer(UnmappedAct.Reopen, "reopen", "Takes an answer back."),
    };

    private static Command List()
    {
        var program = SharedOptions.Program();
        var step = new Option<string?>("--step") { Description = "Only what this step asks." };
        var all = new Option<bool>("--all") { Description = "Also what is closed or settled." };
        var most = new Option<int>("--most") { Description = "So many of each database, those with most rows first.", DefaultValueFactory = _ => UsualEntries };
        var json = SharedOptions.Json();
        var command = new Command("list", "Shows what waits for an answer, what it is about, and the candidates.") { program, step, all, most, json };
        Scene.SetAction(command, json, (parsed, scene, cancel) => AtDeskAsync(scene, parsed.GetValue(program), async (desk, named) =>
        {
            var entries = await desk.ListAsync(parsed.GetValue(step), parsed.GetValue(all), Math.Clamp(parsed.GetValue(most), 1, MostEntries), cancel);
            if (scene.Json)
            {
                JsonOutput.Write(scene.Output, new { Program = named, Entries = entries.Select(e => new { e.Database, e.Entry }) });
                return;
            }

            await scene.TellAsync(named, entries.Count == 0 ? [$"{named}: nothing waits for an answer."] : entries.Select(e => Line(e.Database, e.Entry)));
        }, cancel));
        return command;
    }

    private static Command Answer(UnmappedAct act, string verb, string description)
    {
        var id = new Argument<long>("entry") { Description = "The number that 'unmapped list' shows." };
        var program = SharedOptions.Program();
        var database = new Option<string?>("--database") { Description = "In which database, where the plan asks in several." };
        var reason = new Option<string?>("--reason", "-r") { Description = "Why; it goes into the ledger.", Required = act != UnmappedAct.Assign };
        var who = SharedOptions.Who();
        var json = SharedOptions.Json();
        // Only assigning and resolving name somebody or something.
        var named = new Option<string>(act == UnmappedAct.Assign ? "--to" : "--target")
        {
            Description = act == UnmappedAct.Assign ? "Who is to look at it." : "The key of the counterpart, or the new id.",
            Required = true,
        };
        var command = new Command(verb, description) { id, program, database, reason, who, json };
        var names = act is UnmappedAct.Assign or UnmappedAct.Resolve;
        if (names)
        {
            command.Add(named);
        }

        Scene.SetAction(command, json, (parsed, scene, cancel) => AtDeskAsync(scene, parsed.GetValue(program), async (desk, _) =>
        {
            var value = names ? parsed.GetRequiredValue(named) : null;
            var answer = new UnmappedAnswer(act, parsed.GetRequiredValue(who), parsed.GetValue(reason))
            {
                Assignee = act == UnmappedAct.Assign ? value : null,
                Target = act == UnmappedAct.Resolve ? value : null,
            };
            var entry = await desk.AnswerAsync(parsed.GetValue(database), parsed.GetRequiredValue(id), answer, cancel);
            await scene.TellAsync(entry, Told(entry, answer));
        }, cancel));
        return command;
    }

    /// <summary>Works on the queues of the plan as it was run last, in the environment of that run.</summary>
    private static async Task<ExitCode> AtDeskAsync(Scene scene, string? named, Func<UnmappedDesk, string, Task> act, CancellationToken cancel)
    {
        var ledger = await scene.LedgerAsync(cancel);
        var run = (await RunFinder.FindAsync(ledger, named, 1, cancel))[0].Run;
        await using var databases = new Databases(new ActivitySettings
        {
            Ledger = scene.Addresses.Ledger,
            LocalServer = scene.Addresses.Local,
            ReadVariable = Environment.GetEnvironmentVariable,
        });
        var plan = await PublishedPlans.ReadPlanAsync(ledger, run.Digest, cancel);
        await act(new UnmappedDesk(databases, plan, run.Environment), $"{run.Plan}/{run.Environment}/{run.Digest[..12]}");
        return ExitCode.Done;
    }

    private static string Line(string database, UnmappedEntry entry)
    {
        var candidates = entry.Candidates.Length == 0 ? "" : $"; candidates {string.Join(", ", entry.Candidates)}";
        var assignee = entry.Assignee is null ? "" : $"; for {entry.Assignee}";
        var answer = entry.Who is null ? "" : $"; {entry.Who}: {entry.Target ?? "no counterpart"} ({entry.Why})";
        var rows = entry.Rows == 1 ? "" : $", {entry.Rows:N0} rows";
        return $"{entry.Id}  {database}  {entry.Batch}.{entry.Step}  {entry.Subject} {entry.Key}: {entry.Reason.Replace('_', ' ')}{rows}, {entry.State}{assignee}{candidates}{answer}";
    }

    private static string Told(UnmappedEntry entry, UnmappedAnswer answer) => answer.Act switch
    {
        UnmappedAct.Assign => $"{entry.Subject} {entry.Key} is for {entry.Assignee} to look at.",
        UnmappedAct.Resolve => $"{entry.Subject} {entry.Key} is {entry.Target}, says {answer.Who}. The next run of the plan takes it in: 'run --again'.",
        UnmappedAct.Close => $"{entry.Subject} {entry.Key} has no counterpart, says {answer.Who}.",
        UnmappedAct.Reopen => $"{entry.Subject} {entry.Key} is open again.",
        _ => throw new InvalidOperationException($"No words for {answer.Act}."),
    };
}
