using System.Runtime.CompilerServices;
using Npgsql;
using NpgsqlTypes;
using TemporalDev.Server.Engine;
using TemporalDev.Server.Schedules;
using TemporalDev.Server.Visibility;
using TemporalDev.Server.Visibility.Search;
using Temporalio.Api.History.V1;

namespace TemporalDev.Server.Storage.Postgres;

/// <summary>Runs in PostgreSQL: reads go through a pool, writes through the one writer that owns the database.</summary>
internal sealed class PostgresStore : IStore
{
    private readonly NpgsqlDataSource _source;
    private readonly GroupWriter _writer;

    private PostgresStore(NpgsqlDataSource source, GroupWriter writer)
    {
        _source = source;
        _writer = writer;
    }

    public static async Task<PostgresStore> OpenAsync(string connectionString, CancellationToken cancellation)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            MaxAutoPrepare = 32,
            AutoPrepareMinUsages = 2,
            ApplicationName = "temporal-dev-server",
        };
        var source = NpgsqlDataSource.Create(settings);
        try
        {
            return new PostgresStore(source, await GroupWriter.OpenAsync(source, cancellation));
        }
        catch
        {
            await source.DisposeAsync();
            throw;
        }
    }

    public WriteCounts Written => _writer.Counts;

    public Task CommitAsync(Commit commit) => _writer.WriteAsync(commit);

    /// <summary>Past the writer: nothing is written to a closed run any more, so there is no order to keep.</summary>
    public async Task DeleteRunAsync(RunKey key)
    {
        await using var command = _source.CreateCommand(
            """
            with deleted_run as (
              delete from temporal.run
              where run_id = $1
            ),
            deleted_history as (
              delete from temporal.history_batch
              where run_id = $1
            ),
            deleted_visibility as (
              delete from temporal.visibility
              where run_id = $1
            )
            delete from temporal.current_run
            where namespace_id = $2
              and workflow_id = $3
              and run_id = $1
            """);
        command.Parameters.Add(Uuid(key.RunId));
        command.Parameters.Add(Uuid(key.NamespaceId));
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = key.WorkflowId });
        await command.ExecuteNonQueryAsync();
    }

    public async Task<StoredRun?> ReadRunAsync(RunKey key, CancellationToken cancellation)
    {
        await using var command = _source.CreateCommand(
            """
            select run.state, history_batch.events
            from temporal.run
            join temporal.history_batch on history_batch.run_id = run.run_id and history_batch.first_event_id = 1
            where run.run_id = $1
              and run.namespace_id = $2
              and run.workflow_id = $3
            """);
        command.Parameters.Add(Uuid(key.RunId));
        command.Parameters.Add(Uuid(key.NamespaceId));
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = key.WorkflowId });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation)
            ? new StoredRun(await reader.GetFieldValueAsync<byte[]>(0, cancellation), await reader.GetFieldValueAsync<byte[]>(1, cancellation))
            : null;
    }

    public async Task<string?> ReadCurrentRunIdAsync(ChainKey key, CancellationToken cancellation)
    {
        await using var command = _source.CreateCommand(
            """
            select run_id
            from temporal.current_run
            where namespace_id = $1
              and workflow_id = $2
            """);
        command.Parameters.Add(Uuid(key.NamespaceId));
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = key.WorkflowId });
        return (await command.ExecuteScalarAsync(cancellation))?.ToString();
    }

    public async Task<IReadOnlyList<HistoryEvent>> ReadHistoryAsync(
        string runId, long first, long last, CancellationToken cancellation)
    {
        await using var command = _source.CreateCommand(
            """
            select events
            from temporal.history_batch
            where run_id = $1
              -- The batch that begins at or before the first event wanted holds it.
              and first_event_id >= (
                select max(first_event_id)
                from temporal.history_batch
                where run_id = $1
                  and first_event_id <= $2
              )
              and first_event_id <= $3
            order by first_event_id
            """);
        command.Parameters.Add(Uuid(runId));
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = first });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = last });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var events = new List<HistoryEvent>();
        while (await reader.ReadAsync(cancellation))
        {
            var batch = History.Parser.ParseFrom(await reader.GetFieldValueAsync<byte[]>(0, cancellation));
            events.AddRange(batch.Events.Where(item => item.EventId >= first && item.EventId <= last));
        }

        return events;
    }

    public async IAsyncEnumerable<StoredRun> ReadUnfinishedAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var command = _source.CreateCommand(
            """
            select run.state, history_batch.events
            from temporal.run
            join temporal.history_batch on history_batch.run_id = run.run_id and history_batch.first_event_id = 1
            where run.is_open
               or run.has_outbox
            """);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            yield return new StoredRun(await reader.GetFieldValueAsync<byte[]>(0, cancellation), await reader.GetFieldValueAsync<byte[]>(1, cancellation));
        }
    }

    public Task<IReadOnlyList<IndexedRun>> ListAsync(RunSearch search, CancellationToken cancellation) =>
        VisibilityReader.ListAsync(_source, search, cancellation);

    public Task<IReadOnlyList<StatusCount>> CountAsync(string namespaceId, Filter where, CancellationToken cancellation) =>
        VisibilityReader.CountAsync(_source, namespaceId, where, cancellation);

    public Task<byte[]?> ReadScheduleAsync(ScheduleKey key, CancellationToken cancellation) =>
        ScheduleTable.ReadAsync(_source, key, cancellation);

    public IAsyncEnumerable<byte[]> ReadSchedulesAsync(CancellationToken cancellation) => ScheduleTable.ReadAllAsync(_source, cancellation);

    public Task<IReadOnlyList<byte[]>> ListSchedulesAsync(ScheduleSearch search, CancellationToken cancellation) =>
        ScheduleTable.ListAsync(_source, search, cancellation);

    public Task<long> CountSchedulesAsync(string namespaceId, Filter where, CancellationToken cancellation) =>
        ScheduleTable.CountAsync(_source, namespaceId, where, cancellation);

    public Task DeleteScheduleAsync(ScheduleKey key) => ScheduleTable.DeleteAsync(_source, key);

    public async Task SaveNamespaceAsync(NamespaceRecord record)
    {
        await using var command = _source.CreateCommand(
            """
            insert into temporal.namespace (namespace_id, name, description)
            values ($1, $2, $3)
            on conflict (namespace_id) do update
            set name = excluded.name,
                description = excluded.description
            """);
        command.Parameters.Add(Uuid(record.Id));
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = record.Name });
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = record.Description, NpgsqlDbType = NpgsqlDbType.Bytea });
        await command.ExecuteNonQueryAsync();
    }

    public async Task<IReadOnlyList<NamespaceRecord>> ReadNamespacesAsync(CancellationToken cancellation)
    {
        await using var command = _source.CreateCommand("select namespace_id, name, description from temporal.namespace");
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var found = new List<NamespaceRecord>();
        while (await reader.ReadAsync(cancellation))
        {
            found.Add(new NamespaceRecord(reader.GetGuid(0).ToString(), reader.GetString(1), await reader.GetFieldValueAsync<byte[]>(2, cancellation)));
        }

        return found;
    }

    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        await _source.DisposeAsync();
    }

    private static NpgsqlParameter<Guid> Uuid(string value) => new() { TypedValue = Guid.Parse(value) };
}
