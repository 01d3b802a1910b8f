using Orchestrator.Activities.Ledger;
using Orchestrator.Activities.Postgres;
using Orchestrator.Activities.Transfer;
using Orchestrator.Workflows.Plan;
using Orchestrator.Workflows.Sql;

namespace Orchestrator.Activities.Matching;

/// <summary>
/// The statements of a match. All values of the target are laid out once in a table of their own, so that a chunk of the source
/// finds its counterparts by an index whatever the match keys are made of.
/// </summary>
internal sealed class MatchSql(MatchStep step, HeldStep held)
{
    private const string ValuesSuffix = "_values";

    // Candidates beyond these help nobody to choose; one more tells that there were more.
    private const int MostCandidates = 20;

    // Of questions beyond these, people see that there are too many.
    private const int MostAsked = 1_000;

    private readonly SqlIdentifier _source = Names.Table(step.Table);
    private readonly SqlIdentifier _target = Names.Table(step.Target.Table);
    private readonly SqlIdentifier _sourceKey = Names.Column(step.Key);
    private readonly SqlIdentifier _targetKey = Names.Column(step.Target.Key);

    public SqlIdentifier Bridge { get; } = Names.Table(step.Bridge);

    public SqlIdentifier Values { get; } = SqlIdentifier.Of(NameOfValues(step));

    /// <summary>What the target's rows are known by: place, value and key.</summary>
    public string KnownValues()
    {
        var (targetTable, targetKey) = (_target, _targetKey);
        var columnsSql = string.Join(", ", step.By.Select((k, i) => $"({PlaceSql(i)}, {NormalSql.Of(k.Target, k.Normalise)})"));
        var whereSql = Names.Where(step.Target.Where);
        return $"""
            select known.place, known.value, target.{targetKey} as target_key
            from (select * from {targetTable}{whereSql}) as target
            cross join lateral (values {columnsSql}) as known (place, value)
            where known.value is not null
            """;
    }

    /// <summary>One chunk: pairs into the bridge, and everything else into the queue.</summary>
    public string Match()
    {
        var bridgeTable = Bridge;
        var reportSql = Unmapped.ReportSql(held, $"select {SubjectSql} as subject, asked.source_key::text as key, asked.verdict as reason, 1 as rows, asked.candidates from decided as asked where asked.verdict <> 'match'");
        var namesSql = string.Join(" ", step.By.Select((k, i) => $"when {PlaceSql(i)} then {SqlIdentifier.Literal(k.Name)}"));
        var decidedSql = Decided();
        return $"""
            with {decidedSql},
            reported as ({reportSql})
            insert into {bridgeTable} (source_key, target_key, matched_by)
            select source_key, targets[1], case place {namesSql} end
            from decided
            where verdict = 'match'
            """;
    }

    /// <summary>Rows without a pair that no person has closed: what a rerun looks at again.</summary>
    public string LackingSql()
    {
        var (bridgeTable, sourceKey) = (Bridge, _sourceKey);
        var answersSql = Unmapped.AnswersSql(held, step.Table);
        return $"""
            (not exists (select from {bridgeTable} as paired where paired.source_key = source.{sourceKey})
            and not exists (select from ({answersSql}) as answer where answer.key = source.{sourceKey}::text))
            """;
    }

    public string AnyLacking()
    {
        var (sourceTable, lackingSql, whereSql) = (_source, LackingSql(), Names.And(step.Where));
        return $"select exists (select from {sourceTable} as source where {lackingSql}{whereSql})";
    }

    /// <summary>Pairs that people have named.</summary>
    public string TakeAnswers()
    {
        var bridgeTable = Bridge;
        var (sourceTable, targetTable, sourceKey, targetKey) = (_source, _target, _sourceKey, _targetKey);
        var answersSql = Unmapped.AnswersSql(held, step.Table);
        var settleSql = Unmapped.SettleSql(held, step.Table, "known.target is not null and exists (select from taken where taken.key = known.key)");
        return $"""
            with answered as (
              select source.{sourceKey} as source_key, target.{targetKey} as target_key, answer.key
              from ({answersSql}) as answer
              join {sourceTable} as source on source.{sourceKey}::text = answer.key
              join {targetTable} as target on target.{targetKey}::text = answer.target),
            written as (
              insert into {bridgeTable} as paired (source_key, target_key, matched_by)
              select source_key, target_key, 'person'
              from answered
              on conflict (source_key) do update
              set target_key = excluded.target_key, matched_by = excluded.matched_by
              where paired.target_key is distinct from excluded.target_key
              returning 1),
            taken as (select key from answered),
            settled as ({settleSql})
            select count(*) from written
            """;
    }

    /// <summary>Questions that have answered themselves. Once at the end, because asked with every chunk they would be held against every row of it.</summary>
    public string SettlePaired(KeyColumns source)
    {
        var (bridgeTable, keyTypeSql) = (Bridge, source.Columns[0].Type);
        // Cast on this side, so that the bridge's own index finds the pair.
        return Unmapped.SettleSql(held, step.Table, $"known.target is null and exists (select from {bridgeTable} as paired where paired.source_key = known.key::{keyTypeSql})");
    }

    public IReadOnlyList<string> OrderValues() => NearSql.Indexes(Values);

    public string AnyWithoutCandidates()
    {
        var lonelySql = LonelySql;
        return $"select exists ({lonelySql})";
    }

    /// <summary>What stands near the rows without any candidates, by whatever match key.</summary>
    public string Neighbours(KeyColumns source)
    {
        var keyTypeSql = source.Columns[0].Type;
        var (sourceTable, sourceKey, lonelySql) = (_source, _sourceKey, LonelySql);
        var placesSql = string.Join(", ", step.By.Select((k, i) => $"({PlaceSql(i)}, {NormalSql.Of(k.Source, k.Normalise)})"));
        var askedSql = $"""
            select lonely.id, known.place, known.value
            from ({lonelySql}) as lonely
            -- A level of their own for the author's expressions, which name the source's columns alone.
            cross join lateral (
              select part.place, part.value
              from {sourceTable} as source
              cross join lateral (values {placesSql}) as part (place, value)
              where source.{sourceKey} = lonely.key::{keyTypeSql}) as known
            where known.value is not null
            """;
        return NearSql.Neighbours(askedSql, Values);
    }

    private string LonelySql => Unmapped.WithoutCandidatesSql(held, step.Table, MostAsked);

    private string SubjectSql => SqlIdentifier.Literal(step.Table);

    private static SqlName NameOfValues(MatchStep step)
    {
        var bridge = SqlName.TryParse(step.Bridge)!;
        return bridge with { Name = bridge.Name + ValuesSuffix };
    }

    private static string PlaceSql(int index) => $"{index + 1}::smallint";

    private string Decided()
    {
        var (sourceTable, sourceKey) = (_source, _sourceKey);
        var answersSql = Unmapped.AnswersSql(held, step.Table);
        var valuesSql = string.Join(", ", step.By.Select((k, i) => $"{NormalSql.Of(k.Source, k.Normalise)} as value_{i}"));
        var anySql = $"coalesce({string.Join(", ", step.By.Select((_, i) => $"walked.value_{i}"))})";
        var targetsSql = $"coalesce({string.Join(", ", step.By.Select((_, i) => $"found_{i}.targets"))})";
        var placeSql = $"case {string.Join(" ", step.By.Select((_, i) => $"when found_{i}.targets is not null then {PlaceSql(i)}"))} end";
        var lookupsSql = string.Concat(step.By.Select((_, i) => Lookup(i)));
        var invalidSql = step.Invalid is { } condition ? $"coalesce((\n{condition}\n), false)" : "false";
        var whereSql = Names.And(step.Where);
        return $$"""
            walked as materialized (
              select source.{{sourceKey}} as source_key, {{invalidSql}} as invalid, {{valuesSql}}
              from {{sourceTable}} as source
              where {range source}{{whereSql}}),
            -- Row by row, and no join of all with all: whatever the planner expects of a chunk, it takes as long as it has rows.
            found as (
              select walked.source_key, walked.invalid, {{anySql}} is null as is_empty, {{placeSql}} as place, {{targetsSql}} as targets
              from walked{{lookupsSql}}
              where not exists (select from ({{answersSql}}) as answer where answer.key = walked.source_key::text)),
            decided as materialized (
              select found.source_key, found.place, found.targets,
                (select coalesce(array_agg(candidate::text order by candidate::text), {{NoCandidatesSql}}) from unnest(found.targets) as candidate) as candidates,
                case
                  when found.invalid or found.is_empty then 'invalid_source'
                  when found.targets is null then 'no_match'
                  when cardinality(found.targets) = 1 then 'match'
                  else 'multi_match'
                end as verdict
              from found)
            """;
    }

    /// <summary>Who is known by one match key, for rows whose keys before it have found nobody.</summary>
    private string Lookup(int index)
    {
        var valuesTable = Values;
        var placeSql = PlaceSql(index);
        var beforeSql = string.Concat(Enumerable.Range(0, index).Select(i => $" and found_{i}.targets is null"));
        return $"""

              cross join lateral (
                select array_agg(near.target_key) as targets
                -- A limit inside: a value that half of the target has must not be read to its end for each row.
                from (select v.target_key from {valuesTable} as v where v.value = walked.value_{index} and v.place = {placeSql} and not walked.invalid{beforeSql} limit {MostSql}) as near) as found_{index}
            """;
    }

    private static string MostSql => $"{MostCandidates + 1}";

    private static string NoCandidatesSql => "array[]::text[]";
}
