using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Gates;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Cli.Rendering.Documents;

/// <summary>What will happen when a plan is run, who answers for it, and how it is taken back: for people to read before.</summary>
internal static class Runbook
{
    /// <param name="plan">The plan.</param>
    /// <param name="measured">What the last rehearsal measured, by batch; empty where nobody asked for it.</param>
    public static Document Of(MigrationPlan plan, IReadOnlyDictionary<string, RehearsalOutline> measured)
    {
        var book = new Document(plan.Title)
            .Paragraph($"Plan {plan.Name}, digest {PlanCanon.DigestOf(plan)}.")
            .Table(["environment", "databases"], plan.Environments.Select(e => (IReadOnlyList<string>)
                [e.Name, e.Bindings is null ? "made on the worker's own server" : string.Join(", ", e.Bindings.Select(b => $"{b.Database} from {b.Variable}"))]));
        foreach (var batch in BatchOrder.Sort(plan.Batches, b => b.Id, b => b.Needs))
        {
            Add(book, batch, measured.GetValueOrDefault(batch.Id));
        }

        return book;
    }

    private static void Add(Document book, Batch batch, RehearsalOutline? rehearsal)
    {
        book.Heading($"{batch.Title} ({batch.Id})")
            .Paragraph($"Owner: {batch.Owner}.{(batch.Needs.Count == 0 ? "" : $" After: {string.Join(", ", batch.Needs)}.")}");
        AddChecks(book, "Before anything is done, this must hold:", batch.Prechecks, s => s == Severity.Warn ? "it is noted" : "the batch is refused");
        book.Paragraph("Steps, each of which registers its undo before it acts:");
        book.Table(["step", "kind", "database", "does", "undo", "rehearsed"], batch.Steps.Select(s => (IReadOnlyList<string>)
            [s.Title, s.Kind.ToString().ToLowerInvariant(), s.Database, Does(s), string.Join(", ", s.Undo.Select(u => u.Path)), Took(rehearsal, s)]));
        AddRehearsal(book, rehearsal);
        AddChecks(book, "Then this is measured:", batch.Postchecks, IfNot);
        if (batch.Gate is { } gate)
        {
            book.Paragraph($"{gate.Question} {gate.Quorum} of {GateRules.Describe(gate)} must say go; one no-go takes everything back.");
            book.List(Terms(gate));
        }

        book.Paragraph("Rollback: the steps above, last one first.");
    }

    private static void AddRehearsal(Document book, RehearsalOutline? rehearsal)
    {
        if (rehearsal is null)
        {
            return;
        }

        book.Paragraph($"{rehearsal.Describe()}.");
        if (rehearsal.Locks.Count > 0)
        {
            book.Table(["locks really held on", "lock", "for", "written anew", "rows read", "file"], rehearsal.Locks.Select(l => (IReadOnlyList<string>)
                [l.Relation, l.Lock, $"{l.Milliseconds:0.#} ms", l.Rewritten ? "yes" : "no", $"{l.RowsRead:N0}", l.File]));
        }
    }

    private static string Took(RehearsalOutline? rehearsal, Step step) =>
        rehearsal?.Steps.FirstOrDefault(s => s.Step == step.Id) is { } took ? $"{took.Seconds:0.0} s" : "";

    private static void AddChecks(Document book, string intro, IReadOnlyList<Check> checks, Func<Severity, string> ifNot)
    {
        if (checks.Count > 0)
        {
            book.Paragraph(intro);
            book.Table(["check", "must be", "if not"], checks.Select(c => (IReadOnlyList<string>)[c.Title, c.DescribeRule(), ifNot(c.Severity)]));
        }
    }

    private static string IfNot(Severity severity) => severity switch
    {
        Severity.Warn => "it is noted",
        Severity.Gate => "nobody can say go",
        Severity.HardStop => "everything is taken back at once",
        _ => throw new InvalidOperationException($"No words for {severity}."),
    };

    private static IEnumerable<string> Terms(Gate gate)
    {
        yield return gate.RequesterMayDecide ? "Who asked for the run may decide, too." : "Who asked for the run may not decide.";
        if (gate.SignaturesRequired)
        {
            yield return "Only signed decisions count.";
        }

        if (gate.Window is { } window)
        {
            yield return $"Go counts in the release window only: {window}.";
        }

        if (gate.ExpiresAfter is { } expiry)
        {
            yield return $"Without an answer it expires after {Pace.Words(expiry)}, which counts as no-go.";
        }

        if (gate.EscalateAfter is { } escalation)
        {
            yield return $"After {Pace.Words(escalation)}, {string.Join(", ", gate.EscalateTo ?? [])} are told.";
        }
    }

    private static string Does(Step step) => step switch
    {
        DdlStep ddl => string.Join(", ", ddl.Apply.Select(a => a.Path)),
        SqlStep sql => string.Join(", ", sql.Apply.Select(a => a.Path)),
        BackfillStep backfill => $"{backfill.Chunk?.Path ?? "rows"} for each range of {backfill.Table}",
        CopyStep copy => $"{string.Join(", ", copy.Tables)} from {copy.From}",
        IdMapStep map => $"a new id for each {map.Key} of {map.Table}, kept in {IdMapStep.TableOf(map.Name)?.Name}",
        RelinkStep relink => string.Join(", ", relink.Links.Select(l => $"{relink.Table}.{l.Into} from {l.From} by the ids of {l.Map}")),
        MatchStep match => $"{match.Table} to {match.Target.Table} by {string.Join(", then ", match.By.Select(k => k.Name))}, into {match.Bridge}",
        _ => step.Kind.ToString().ToLowerInvariant(),
    };
}
