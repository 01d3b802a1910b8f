using System.Data.Common;
using Npgsql;
using TemporalDev.Server.Engine;
using TemporalDev.Server.Visibility;
using TemporalDev.Server.Visibility.Search;
using Temporalio.Api.Enums.V1;

namespace TemporalDev.Server.Storage.Postgres;

/// <summary>Lists and counts of runs.</summary>
internal static class VisibilityReader
{
    public static async Task<IReadOnlyList<IndexedRun>> ListAsync(NpgsqlDataSource source, RunSearch search, CancellationToken cancellation)
    {
        var filter = new SqlFilter();
        await using var command = filter.Command(
            source,
            $"""
            select run_id, workflow_id, workflow_type, task_queue, status, start_time, execution_time, close_time,
                   history_length, history_size_bytes, state_transitions, parent_workflow_id, parent_run_id,
                   root_workflow_id, root_run_id, memo, search_attributes, attributes
            from temporal.visibility
            where namespace_id = {filter.Add(Guid.Parse(search.NamespaceId))}
              and {filter.Condition(search.Where)}
              and {Behind(search.After, filter)}
            order by close_time desc nulls first, start_time desc, run_id
            limit {filter.Add(search.Limit)}
            """);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var found = new List<IndexedRun>();
        while (await reader.ReadAsync(cancellation))
        {
            found.Add(Run(reader, search.NamespaceId));
        }

        return found;
    }

    public static async Task<IReadOnlyList<StatusCount>> CountAsync(
        NpgsqlDataSource source, string namespaceId, Filter where, CancellationToken cancellation)
    {
        var filter = new SqlFilter();
        await using var command = filter.Command(
            source,
            $"""
            select status, count(*)
            from temporal.visibility
            where namespace_id = {filter.Add(Guid.Parse(namespaceId))}
              and {filter.Condition(where)}
            group by status
            order by status
            """);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var counts = new List<StatusCount>();
        while (await reader.ReadAsync(cancellation))
        {
            counts.Add(new StatusCount((WorkflowExecutionStatus)reader.GetInt16(0), reader.GetInt64(1)));
        }

        return counts;
    }

    private static string Behind(PagePosition? after, SqlFilter filter)
    {
        if (after is null)
        {
            return "true";
        }

        var start = filter.Add(after.StartTime);
        var run = filter.Add(Guid.Parse(after.RunId));
        var later = $"(start_time < {start} or (start_time = {start} and run_id > {run}))";
        if (after.CloseTime is not { } closed)
        {
            return $"(close_time is not null or {later})";
        }

        var close = filter.Add(closed);
        return $"(close_time < {close} or (close_time = {close} and {later}))";
    }

    private static IndexedRun Run(DbDataReader reader, string namespaceId) => new(
        new RunKey(namespaceId, reader.GetString(1), reader.GetGuid(0).ToString()),
        new VisibilityRow
        {
            WorkflowType = reader.GetString(2),
            TaskQueue = reader.GetString(3),
            Status = reader.GetInt16(4),
            StartTime = reader.GetFieldValue<DateTimeOffset>(5),
            ExecutionTime = reader.GetFieldValue<DateTimeOffset>(6),
            CloseTime = reader.IsDBNull(7) ? null : reader.GetFieldValue<DateTimeOffset>(7),
            HistoryLength = reader.GetInt64(8),
            HistoryBytes = reader.GetInt64(9),
            Transitions = reader.GetInt64(10),
            ParentWorkflowId = reader.IsDBNull(11) ? null : reader.GetString(11),
            ParentRunId = reader.IsDBNull(12) ? null : reader.GetString(12),
            RootWorkflowId = reader.GetString(13),
            RootRunId = reader.GetString(14),
            Memo = reader.GetFieldValue<byte[]>(15),
            SearchAttributes = reader.GetFieldValue<byte[]>(16),
            Attributes = reader.GetString(17),
        });
}
