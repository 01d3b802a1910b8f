using Orchestrator.Workflows.Sql;
using Orchestrator.Workflows.Sql.Syntax;

namespace Orchestrator.Workflows.Lint.Rules;

internal static class SessionRules
{
    public static LintRule SettingLeaks { get; } = new("session-setting-leaks", Severity.Warning, "A setting outlives the file")
    {
        Example = new("set search_path = attic;", "set local search_path = attic;"),
        Check = visit => visit.Statement is SetVariable { Scope: SettingScope.Session } set && visit.Transaction.IsTransaction
            ? [new Offence(
                $"{set.Name} stays as it is set on a pooled connection, and the next file or activity that gets it runs with it.",
                new("Set it for the transaction only.", [ForTransaction(visit)]))]
            : [],
    };

    public static LintRule TriggersOff { get; } = new("triggers-switched-off", Severity.Error, "Triggers, and with them foreign keys, are switched off")
    {
        Example = new("alter table orders disable trigger all;", "alter table orders enable trigger all;"),
        Check = visit => visit.Statement is SetVariable { Name: "session_replication_role", Value: not ("origin" or "default") }
            ? [new Offence(
                "No foreign key is checked and no trigger fires for the rows that this session writes; nothing checks them afterwards.",
                new("Load with foreign keys that are not valid, and validate them afterwards: the copy step does so."))]
            : from alteration in visit.AlterationsInUse
              let trigger = alteration.Action as SetTrigger
              where trigger is { Enabled: false }
              select new Offence(
                  $"What {trigger.Name} keeps true is not kept true for anybody's writes until it is enabled again; rows from the time between are never looked at.",
                  new("Let the trigger's function return early under a setting that only this step sets."))
              { Relation = alteration.Table, Action = trigger },
    };

    public static LintRule PsqlCommand { get; } = new("psql-command", Severity.Error, "A command of psql is no SQL")
    {
        Example = new("\\set amount 10", "set local work_mem = '64MB';") { Run = ExampleRun.NotAtAll },
        Check = visit => visit.Statement is MetaCommand
            ? [ForPsql(visit.At.Start)]
            : Variable(visit) is { } offset ? [ForPsql(offset)] : [],
    };

    public static LintRule ServerWide { get; } = new("server-wide-change", Severity.Warning, "The change reaches beyond the database")
    {
        Example = new("create role reporting;", "grant select on orders to public;"),
        Check = visit => visit.Statement is AlterServer or DropObjects { Kind: ObjectKind.Role or ObjectKind.Tablespace }
            ? [new Offence(
                "It changes every database of the server, and a rehearsal on a clone of this one cannot show what it does to the others.",
                new("Leave it to whoever owns the server, and check for it in a precheck."))]
            : [],
    };

    public static LintRule Dynamic { get; } = new("dynamic-sql", Severity.Notice, "What is executed is put together at run time")
    {
        Example = new(
            "do $$ begin execute format('comment on table %I is %L', 'orders', 'x'); end $$;",
            "do $$ begin execute 'comment on table orders is ''x'''; end $$;"),
        Check = visit => visit.Statement is DynamicSql { Text: null }
            ? [new Offence(
                "Nothing here or in a review can say what it will lock or change.",
                new("Write the statements out. Where their names depend on the data, let the rehearsal measure them, and say so as the reason."))]
            : [],
    };

    private static string ForTransaction(Visit visit) => visit.Text.StartsWith("set", StringComparison.OrdinalIgnoreCase)
        ? visit.Rewritten("set", "set local").Replace("local session ", "local ", StringComparison.OrdinalIgnoreCase)
        : visit.Rewritten("false", "true");

    // :'name' and :"name" are put in by psql; elsewhere a colon stands before a slice of an array, never before a quote.
    private static int? Variable(Visit visit)
    {
        var tokens = visit.At.Tokens;
        for (var i = 0; i + 1 < tokens.Length; i++)
        {
            if (tokens[i].Kind == SqlTokenKind.Symbol
                && visit.At.Source.TextOf(tokens[i]) is ":"
                && tokens[i + 1].Start == tokens[i].End
                && visit.At.Source.Text[tokens[i + 1].Start] is '\'' or '"')
            {
                return tokens[i].Start;
            }
        }

        return null;
    }

    private static Offence ForPsql(int offset) =>
        new("Only psql understands it; the server answers with a syntax error.", new("Remove it, and write values out.")) { Offset = offset };
}
