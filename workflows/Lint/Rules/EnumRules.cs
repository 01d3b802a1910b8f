using Orchestrator.Workflows.Sql;
using Orchestrator.Workflows.Sql.Syntax;

namespace Orchestrator.Workflows.Lint.Rules;

internal static class EnumRules
{
    public static LintRule UsedTooEarly { get; } = new("enum-value-used-in-transaction", Severity.Error, "A new label is used before it is committed")
    {
        Example = new(
            ["alter type order_status add value 'settled' after 'paid';\nupdate orders set status = 'settled' where id = 1;"],
            ["alter type order_status add value 'settled' after 'paid';", "update orders set status = 'settled' where id = 1;"])
        { Refusal = "55P04" },
        Check = visit => visit.Statement is AddEnumValue or CommentOn or CreateFunction ? [] :
            from label in visit.Transaction.NewLabels
            let use = visit.At.Tokens.Where(token => token.Kind == SqlTokenKind.Text && TextLiteral.Content(visit.At.Source.TextOf(token)) == label.Label).ToList()
            where use.Count > 0
            select new Offence(
                $"PostgreSQL refuses to use {TextLiteral.Quote(label.Label)} of {label.Type} in the transaction that has added it.",
                new("Add the label in a file of its own, before this one."))
            { Offset = use[0].Start },
    };

    public static LintRule WithoutPlace { get; } = new("enum-value-without-place", Severity.Notice, "A new label goes to the end without saying so")
    {
        Example = new("alter type order_status add value 'settled';", "alter type order_status add value 'settled' after 'paid';"),
        Check = visit => visit.Statement is AddEnumValue { Placed: false } add && !visit.Catalog.HasCreated(ObjectKind.Type, add.Type)
            ? [new Offence(
                "Labels compare and sort in their order, which depends here on what was added before, and no label can be moved or removed later.",
                new("Say before or after which label it stands."))]
            : [],
    };
}
