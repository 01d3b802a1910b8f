using Npgsql;
using NpgsqlTypes;

namespace TemporalDev.Server.Storage.Postgres;

/// <summary>Many commits as a handful of statements, which PostgreSQL runs as one transaction because they end in one Sync.</summary>
internal static class CommitBatch
{
    public static async Task ExecuteAsync(NpgsqlConnection connection, List<Commit> commits)
    {
        var runs = commits.SelectMany(commit => commit.Runs).ToList();
        await using var batch = new NpgsqlBatch(connection);
        if (runs.Count > 0)
        {
            batch.BatchCommands.Add(Runs(runs));
        }

        if (runs.Exists(run => run.Batch is not null))
        {
            batch.BatchCommands.Add(Histories(runs));
        }

        var current = commits.Where(commit => commit.Current is not null).Select(commit => commit.Current!).ToList();
        if (current.Count > 0)
        {
            batch.BatchCommands.Add(CurrentRuns(current));
        }

        if (runs.Exists(run => run.Visibility is not null))
        {
            batch.BatchCommands.Add(VisibilityRows(runs.Where(run => run.Visibility is not null).ToList()));
        }

        var schedules = commits.Where(commit => commit.Schedule is not null).Select(commit => commit.Schedule!).ToList();
        if (schedules.Count > 0)
        {
            batch.BatchCommands.Add(Schedules(schedules));
        }

        await batch.ExecuteNonQueryAsync();
    }

    private static NpgsqlBatchCommand Runs(List<RunWrite> runs)
    {
        // Rows come in the order of the array: a run that closes stands before the one that replaces it, as the unique
        // index on open runs requires.
        var command = new NpgsqlBatchCommand(
            """
            insert into temporal.run (run_id, namespace_id, workflow_id, state, is_open, has_outbox)
            select * from unnest($1, $2, $3, $4, $5, $6)
            on conflict (run_id) do update
            set state = excluded.state,
                is_open = excluded.is_open,
                has_outbox = excluded.has_outbox
            """);
        Add(command, runs, run => Guid.Parse(run.Key.RunId));
        Add(command, runs, run => Guid.Parse(run.Key.NamespaceId));
        Add(command, runs, run => run.Key.WorkflowId);
        AddBytes(command, runs, run => run.State);
        Add(command, runs, run => run.IsOpen);
        Add(command, runs, run => run.HasOutbox);
        return command;
    }

    private static NpgsqlBatchCommand Histories(List<RunWrite> runs)
    {
        var written = runs.Where(run => run.Batch is not null).ToList();
        var command = new NpgsqlBatchCommand(
            """
            insert into temporal.history_batch (run_id, first_event_id, events)
            select * from unnest($1, $2, $3)
            """);
        Add(command, written, run => Guid.Parse(run.Key.RunId));
        Add(command, written, run => run.Batch!.FirstEventId);
        AddBytes(command, written, run => run.Batch!.Events);
        return command;
    }

    private static NpgsqlBatchCommand CurrentRuns(List<CurrentRun> current)
    {
        var command = new NpgsqlBatchCommand(
            """
            insert into temporal.current_run (namespace_id, workflow_id, run_id)
            select * from unnest($1, $2, $3)
            on conflict (namespace_id, workflow_id) do update
            set run_id = excluded.run_id
            """);
        Add(command, current, item => Guid.Parse(item.Chain.NamespaceId));
        Add(command, current, item => item.Chain.WorkflowId);
        Add(command, current, item => Guid.Parse(item.RunId));
        return command;
    }

    private static NpgsqlBatchCommand VisibilityRows(List<RunWrite> runs)
    {
        var command = new NpgsqlBatchCommand(
            """
            insert into temporal.visibility (
              run_id, namespace_id, workflow_id, workflow_type, task_queue, status, start_time, execution_time, close_time,
              history_length, history_size_bytes, state_transitions, parent_workflow_id, parent_run_id,
              root_workflow_id, root_run_id, memo, search_attributes, attributes)
            select * from unnest(
              $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
            on conflict (run_id) do update
            set status = excluded.status,
                close_time = excluded.close_time,
                history_length = excluded.history_length,
                history_size_bytes = excluded.history_size_bytes,
                state_transitions = excluded.state_transitions,
                memo = excluded.memo,
                search_attributes = excluded.search_attributes,
                attributes = excluded.attributes
            """);
        Add(command, runs, run => Guid.Parse(run.Key.RunId));
        Add(command, runs, run => Guid.Parse(run.Key.NamespaceId));
        Add(command, runs, run => run.Key.WorkflowId);
        var rows = runs.ConvertAll(run => run.Visibility!);
        Add(command, rows, row => row.WorkflowType);
        Add(command, rows, row => row.TaskQueue);
        Add(command, rows, row => row.Status);
        AddTimes(command, rows, row => row.StartTime);
        AddTimes(command, rows, row => row.ExecutionTime);
        AddTimes(command, rows, row => row.CloseTime);
        Add(command, rows, row => row.HistoryLength);
        Add(command, rows, row => row.HistoryBytes);
        Add(command, rows, row => row.Transitions);
        Add(command, rows, row => row.ParentWorkflowId);
        Add(command, rows, row => row.ParentRunId);
        Add(command, rows, row => row.RootWorkflowId);
        Add(command, rows, row => row.RootRunId);
        AddBytes(command, rows, row => row.Memo);
        AddBytes(command, rows, row => row.SearchAttributes);
        AddJson(command, rows, row => row.Attributes);
        return command;
    }

    private static NpgsqlBatchCommand Schedules(List<ScheduleWrite> schedules)
    {
        var command = new NpgsqlBatchCommand(
            """
            insert into temporal.schedule (namespace_id, schedule_id, state, created_at, attributes)
            select * from unnest($1, $2, $3, $4, $5)
            on conflict (namespace_id, schedule_id) do update
            set state = excluded.state,
                created_at = excluded.created_at,
                attributes = excluded.attributes
            """);
        Add(command, schedules, schedule => Guid.Parse(schedule.Key.NamespaceId));
        Add(command, schedules, schedule => schedule.Key.ScheduleId);
        AddBytes(command, schedules, schedule => schedule.State);
        AddTimes(command, schedules, schedule => schedule.CreatedAt);
        AddJson(command, schedules, schedule => schedule.Attributes);
        return command;
    }

    private static void Add<TItem, TValue>(NpgsqlBatchCommand command, List<TItem> items, Func<TItem, TValue> value) =>
        command.Parameters.Add(new NpgsqlParameter<TValue[]> { TypedValue = [.. items.Select(value)] });

    private static void AddBytes<TItem>(NpgsqlBatchCommand command, List<TItem> items, Func<TItem, byte[]> value) =>
        command.Parameters.Add(new NpgsqlParameter<byte[][]>
        {
            TypedValue = [.. items.Select(value)],
            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea,
        });

    /// <summary>The type is said: it would be another one where all are null, and the statement be prepared again.</summary>
    private static void AddTimes<TItem>(NpgsqlBatchCommand command, List<TItem> items, Func<TItem, DateTimeOffset?> value) =>
        command.Parameters.Add(new NpgsqlParameter<DateTime?[]>
        {
            TypedValue = [.. items.Select(item => value(item)?.UtcDateTime)],
            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz,
        });

    private static void AddJson<TItem>(NpgsqlBatchCommand command, List<TItem> items, Func<TItem, string> value) =>
        command.Parameters.Add(new NpgsqlParameter<string[]>
        {
            TypedValue = [.. items.Select(value)],
            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Jsonb,
        });
}
