using Orchestrator.Activities.Ledger;
using Orchestrator.Activities.Postgres;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Activities.IdMaps;

/// <summary>The statements of a relink. A reference without a new id keeps what its column holds: it is never overwritten with nothing.</summary>
internal static class RelinkSql
{
    // More different references than this without an id are not a queue for people: it is the wrong map.
    public const int MostUnmapped = 100_000;

    public static string SubjectOf(RelinkStep step, Relink link) => $"{step.Table}.{link.From}";

    /// <summary>
    /// Fills the columns of one range of keys, where they differ from what they should be. Each id is looked up by itself, because a join
    /// would read the whole map again for every chunk.
    /// </summary>
    public static string Fill(RelinkStep step)
    {
        var table = Names.Table(step.Table);
        var setSql = string.Join(", ", step.Links.Select(l => $"{Names.Column(l.Into)} = {IdSql(l)}"));
        var heldSql = string.Join(", ", step.Links.Select(l => $"walked.{Names.Column(l.Into)}"));
        var idsSql = string.Join(", ", step.Links.Select(IdSql));
        return $$"""
            update {{table}} as walked
            set {{setSql}}
            where {range walked} and ({{heldSql}}) is distinct from ({{idsSql}})
            """;
    }

    /// <summary>Rows that lack an id, for a rerun: few, where the step has been through once.</summary>
    public static string LackingSql(RelinkStep step) => string.Join(
        " or ", step.Links.Select(l => $"(walked.{Names.Column(l.Into)} is null and walked.{Names.Column(l.From)} is not null)"));

    public static string AnyLacking(RelinkStep step)
    {
        var (table, lackingSql) = (Names.Table(step.Table), LackingSql(step));
        return $"select exists (select from {table} as walked where {lackingSql})";
    }

    /// <summary>Rows whose reference a person has answered for, by naming the id.</summary>
    public static string Answer(RelinkStep step, Relink link, HeldStep held)
    {
        var table = Names.Table(step.Table);
        var (fromColumn, intoColumn) = (Names.Column(link.From), Names.Column(link.Into));
        var answersSql = Unmapped.AnswersSql(held, SubjectOf(step, link));
        return $"""
            update {table} as held
            set {intoColumn} = answer.target::uuid
            from ({answersSql}) as answer
            where answer.target is not null and held.{fromColumn}::text = answer.key and held.{intoColumn} is distinct from answer.target::uuid
            """;
    }

    /// <summary>References without an id that nobody has answered for go into the queue, and questions that have been answered leave it.</summary>
    public static string Report(RelinkStep step, Relink link, HeldStep held)
    {
        var (table, mapTable) = (Names.Table(step.Table), IdMapTable.NameOf(link.Map));
        var fromColumn = Names.Column(link.From);
        var subject = SubjectOf(step, link);
        var (subjectSql, answersSql) = (SqlIdentifier.Literal(subject), Unmapped.AnswersSql(held, subject));
        var reportSql = Unmapped.ReportSql(held, "select * from lacking");
        var settleSql = Unmapped.SettleSql(held, subject, "not exists (select from lacking where lacking.key = known.key)");
        var mostSql = $"{MostUnmapped + 1}";
        return $"""
            with lacking as materialized (
              select {subjectSql} as subject, walked.{fromColumn}::text as key, 'unmapped_reference' as reason, count(*) as rows, {NoCandidatesSql} as candidates
              from {table} as walked
              where walked.{fromColumn} is not null
                and not exists (select from {mapTable} as map where map.old_key = walked.{fromColumn})
                and not exists (select from ({answersSql}) as answer where answer.key = walked.{fromColumn}::text)
              group by walked.{fromColumn}
              limit {mostSql}),
            reported as ({reportSql} returning 1),
            settled as ({settleSql} returning 1)
            select (select count(*) from lacking)::int as lacking, ((select count(*) from reported) + (select count(*) from settled))::int as changed
            """;
    }

    private static string NoCandidatesSql => "array[]::text[]";

    private static string IdSql(Relink link)
    {
        var (from, into, map) = (Names.Column(link.From), Names.Column(link.Into), IdMapTable.NameOf(link.Map));
        return $"case when walked.{from} is null then null else coalesce((select map.new_id from {map} as map where map.old_key = walked.{from}), walked.{into}) end";
    }
}
