using Npgsql;
using TemporalDev.Server.Schedules;
using TemporalDev.Server.Visibility;
using TemporalDev.Server.Visibility.Search;
using Temporalio.Api.Enums.V1;

namespace TemporalDev.Server.Storage.Postgres;

/// <summary>A filter as a condition on temporal.visibility or temporal.schedule. Names and values of the query become parameters, never text.</summary>
internal sealed class SqlFilter
{
    private static readonly string StatusSql =
        $"case status {string.Join(' ', Enum.GetValues<WorkflowExecutionStatus>().Select(status => $"when {(int)status} then '{status}'"))} end";

    private readonly List<NpgsqlParameter> _parameters = [];

    public string Add<T>(T value)
    {
        _parameters.Add(new NpgsqlParameter<T> { TypedValue = value });
        return $"${_parameters.Count}";
    }

    /// <summary>A statement that is made of this filter's conditions.</summary>
    public NpgsqlCommand Command(NpgsqlDataSource source, string sql)
    {
        var command = source.CreateCommand(sql);
        foreach (var parameter in _parameters)
        {
            command.Parameters.Add(parameter);
        }

        return command;
    }

    public string Condition(Filter filter) => filter switch
    {
        All { Parts.Count: 0 } => "true",
        All all => $"({string.Join(" and ", all.Parts.Select(Condition))})",
        AnyOf any => $"({string.Join(" or ", any.Parts.Select(Condition))})",
        Not not => $"(not {Condition(not.Inner)})",
        IsNull isNull => $"({Value(isNull.Field)} is null)",
        Compare { Field.Type: IndexedValueType.KeywordList } compare => $"({Value(compare.Field)} ?| {Add(new[] { (string)compare.Value })})",
        Compare { Field.Type: IndexedValueType.Text } compare => Words(compare),
        Compare compare => $"({Value(compare.Field)} {Symbol(compare.Operator)} {Literal(compare.Value)})",
        In { Field.Type: IndexedValueType.KeywordList } @in => $"({Value(@in.Field)} ?| {Literals(@in.Values)})",
        In @in => $"({Value(@in.Field)} = any ({Literals(@in.Values)}))",
        StartsWith starts => $"starts_with({Value(starts.Field)}, {Add(starts.Prefix)})",
        _ => throw new InvalidOperationException($"{filter} is no filter."),
    };

    private static string Symbol(Comparison comparison) => comparison switch
    {
        Comparison.Equal => "=",
        Comparison.Less => "<",
        Comparison.LessOrEqual => "<=",
        Comparison.Greater => ">",
        _ => ">=",
    };

    /// <summary>As TextWords splits: at whatever is ASCII and neither letter nor digit.</summary>
    private string Words(Compare compare) =>
        $@"(regexp_split_to_array(lower({Value(compare.Field)}), '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u007f]+') && {Add(TextWords.Of((string)compare.Value))})";

    private string Value(Field field) => field.Name switch
    {
        "WorkflowId" => """workflow_id collate "C" """,
        "RunId" => """run_id::text collate "C" """,
        ScheduleSearch.IdField => """schedule_id collate "C" """,
        "WorkflowType" => """workflow_type collate "C" """,
        "TaskQueue" => """task_queue collate "C" """,
        "ExecutionStatus" => $"""({StatusSql}) collate "C" """,
        "StartTime" => "start_time",
        "ExecutionTime" => "execution_time",
        "CloseTime" => "close_time",
        "ExecutionDuration" => "(extract(epoch from close_time - execution_time) * 1000000000)::bigint",
        // Sizes are told when they no longer change.
        "HistoryLength" => "(case when close_time is not null then history_length end)",
        "HistorySizeBytes" => "(case when close_time is not null then history_size_bytes end)",
        "StateTransitionCount" => "(case when close_time is not null then state_transitions end)",
        "ParentWorkflowId" => """parent_workflow_id collate "C" """,
        "ParentRunId" => """parent_run_id collate "C" """,
        "RootWorkflowId" => """root_workflow_id collate "C" """,
        "RootRunId" => """root_run_id collate "C" """,
        _ => Attribute(field),
    };

    /// <summary>Null where the stored value has another type: an attribute may have been removed and added anew.</summary>
    private string Attribute(Field field)
    {
        var name = Add(field.Name);
        return field.Type switch
        {
            IndexedValueType.Int or IndexedValueType.Double =>
                $"(case when jsonb_typeof(attributes -> {name}) = 'number' then (attributes -> {name})::numeric end)",
            IndexedValueType.Bool => $"(case when jsonb_typeof(attributes -> {name}) = 'boolean' then (attributes -> {name})::boolean end)",
            IndexedValueType.Datetime =>
                $"""
                (case when attributes ->> {name} ~ '^\d\d\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T\d\d:\d\d:\d\d'
                      -- More digits would be rounded; the other store cuts them off.
                      then regexp_replace(attributes ->> {name}, '(\.\d\d\d\d\d\d)\d+', '\1')::timestamptz end)
                """,
            IndexedValueType.KeywordList =>
                $"(case when jsonb_typeof(attributes -> {name}) in ('array', 'string') then attributes -> {name} end)",
            _ => $"""(case when jsonb_typeof(attributes -> {name}) = 'string' then attributes ->> {name} end) collate "C" """,
        };
    }

    private string Literal(IComparable value) => value switch
    {
        string text => Add(text),
        bool truth => Add(truth),
        long whole => Add(whole),
        double real => Add(real),
        DateTime time => Add(time),
        _ => throw new InvalidOperationException($"{value.GetType()} is no type of a query's value."),
    };

    private string Literals(IReadOnlyList<IComparable> values) => values[0] switch
    {
        string => Add(values.Cast<string>().ToArray()),
        bool => Add(values.Cast<bool>().ToArray()),
        DateTime => Add(values.Cast<DateTime>().ToArray()),
        _ when values.All(value => value is long) => Add(values.Cast<long>().ToArray()),
        _ => Add(values.Select(value => Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture)).ToArray()),
    };
}
