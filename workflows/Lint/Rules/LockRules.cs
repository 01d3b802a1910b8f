using Orchestrator.Workflows.Sql;
using Orchestrator.Workflows.Sql.Syntax;

namespace Orchestrator.Workflows.Lint.Rules;

internal static class LockRules
{
    public static LintRule Explicit { get; } = new("explicit-lock", Severity.Warning, "A table is locked by name")
    {
        Example = new("lock table orders in share row exclusive mode;", "lock table orders in row exclusive mode;"),
        Check = visit => visit.Statement is LockTables { Level: >= LockLevel.Share } locked
            ? from table in locked.Tables
              where visit.IsInUse(table)
              select new Offence(
                  $"It blocks {locked.Level.Blocks()}, from here to the end of the transaction.",
                  new("Leave it out: each statement takes the lock that it needs. To keep writers out of a switch-over, use a flag or a freeze."))
              { Relation = table }
            : [],
    };

    public static LintRule TriggerCreated { get; } = new("trigger-on-table-in-use", Severity.Warning, "A trigger joins every write from now on")
    {
        Example = new(
            "create trigger customers_touch before update on customers for each row execute function touch();",
            "create table invoices (id bigint primary key);\ncreate trigger invoices_touch before update on invoices for each row execute function touch();"),
        Check = visit => visit.Statement is CreateTrigger trigger && visit.IsInUse(trigger.Table)
            ? [new Offence(
                $"It waits for every transaction that writes {trigger.Table} and stops the ones that come; then each write does the trigger's work too, in its own transaction.",
                new("Keep it in a file of its own, and give it a guardrail on the latency of writes. For dual writes prefer a sync step."))
            { Relation = trigger.Table }]
            : [],
    };

    public static LintRule RuleCreated { get; } = new("rule-created", Severity.Warning, "A rule rewrites queries behind their authors' backs")
    {
        Example = new(
            "create rule orders_no_delete as on delete to orders do instead nothing;",
            "create function refuse() returns trigger language plpgsql as $$ begin raise exception 'not allowed'; end $$;"),
        Check = visit => visit.Statement is CreateRule rule && visit.IsInUse(rule.Table)
            ? [new Offence(
                $"It takes {rule.Table} for itself for a moment, and from then on statements do something else than they say: a delete that does nothing reports success.",
                new("Use a trigger, which sees rows, or a privilege, which refuses with an error."))
            { Relation = rule.Table }]
            : [],
    };

    public static LintRule PartitionInPlace { get; } = new("partition-created-in-place", Severity.Warning, "Creating a partition locks the whole partitioned table")
    {
        Example = new(
            "create table events_2027 partition of events for values from ('2027-01-01') to ('2028-01-01');",
            "create table events_2027 (like events including all);\nalter table events attach partition events_2027 for values from ('2027-01-01') to ('2028-01-01');"),
        Check = visit => visit.Statement is CreateTable { PartitionOf: { } whole } partition && visit.IsInUse(whole)
            ? [new Offence(
                $"Nobody can read or write any partition of {whole} through it while this waits and runs.",
                new(
                    "Create the table by itself and attach it: that lets reads and writes go on.",
                    visit.Text.IndexOf("for values", StringComparison.OrdinalIgnoreCase) is >= 0 and var bounds
                        ? [$"create table {partition.Table} (like {whole} including all);\nalter table {whole} attach partition {partition.Table} {visit.Text[bounds..]};"]
                        : []))
            { Relation = whole }]
            : [],
    };

    public static LintRule PartitionUnchecked { get; } = new("partition-attached-unchecked", Severity.Warning, "Attaching a partition reads all its rows under an exclusive lock")
    {
        Example = new(
            ["alter table events attach partition events_2026 for values from ('2026-01-01') to ('2027-01-01');"],
            [
                "alter table events_2026 add constraint events_2026_at check (at is not null and at >= '2026-01-01' and at < '2027-01-01') not valid;",
                "alter table events_2026 validate constraint events_2026_at;",
                "alter table events attach partition events_2026 for values from ('2026-01-01') to ('2027-01-01');",
            ]),
        Check = visit =>
            from alteration in visit.Alterations
            let attach = alteration.Action as AttachPartition
            where attach is not null && alteration.Table.Kind == ObjectKind.Table && visit.IsInUse(attach.Partition)
            where visit.Catalog.Find(attach.Partition)?.Constraints.Any(facts => facts is { Valid: true, Constraint.Kind: ConstraintKind.Check }) != true
            select new Offence(
                $"Unless a validated check already says what the bounds say, all rows of {attach.Partition} are read while nobody can read or write it.",
                new("Add such a check as not valid, validate it in a file of its own, attach, then drop the check."))
            { Relation = attach.Partition, Action = attach },
    };

    public static LintRule PartitionDetached { get; } = new("partition-detached-without-concurrently", Severity.Warning, "Detaching a partition locks the whole partitioned table")
    {
        Example = new("alter table events detach partition events_2025;", "alter table events detach partition events_2025 concurrently;") { Since = 14 },
        Check = visit => visit.Settings.PostgresVersion < 14 ? [] :
            from alteration in visit.AlterationsInUse
            let detach = alteration.Action as DetachPartition
            where detach is { Concurrently: false, Finalize: false }
            select new Offence(
                $"Nobody can read or write any partition of {alteration.Table} through it while this waits and runs.",
                new("Detach it concurrently, in a file of its own.", [$"{visit.Text} concurrently;"]))
            { Relation = alteration.Table, Action = detach },
    };
}
