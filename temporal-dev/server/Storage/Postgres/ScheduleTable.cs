using System.Runtime.CompilerServices;
using Npgsql;
using TemporalDev.Server.Schedules;
using TemporalDev.Server.Visibility.Search;

namespace TemporalDev.Server.Storage.Postgres;

/// <summary>Reads of schedules, and their removal; they are written with the commits.</summary>
internal static class ScheduleTable
{
    public static async Task<byte[]?> ReadAsync(NpgsqlDataSource source, ScheduleKey key, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand(
            """
            select state
            from temporal.schedule
            where namespace_id = $1
              and schedule_id = $2
            """);
        AddKey(command, key);
        return (byte[]?)await command.ExecuteScalarAsync(cancellation);
    }

    public static async IAsyncEnumerable<byte[]> ReadAllAsync(
        NpgsqlDataSource source, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var command = source.CreateCommand("select state from temporal.schedule");
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            yield return await reader.GetFieldValueAsync<byte[]>(0, cancellation);
        }
    }

    public static async Task<IReadOnlyList<byte[]>> ListAsync(
        NpgsqlDataSource source, ScheduleSearch search, CancellationToken cancellation)
    {
        var filter = new SqlFilter();
        await using var command = filter.Command(
            source,
            $"""
            select state
            from temporal.schedule
            where namespace_id = {filter.Add(Guid.Parse(search.NamespaceId))}
              and {Behind(search.After, filter)}
              and {filter.Condition(search.Where)}
            order by created_at desc, schedule_id collate "C"
            limit {filter.Add(search.Limit)}
            """);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var found = new List<byte[]>();
        while (await reader.ReadAsync(cancellation))
        {
            found.Add(await reader.GetFieldValueAsync<byte[]>(0, cancellation));
        }

        return found;
    }

    public static async Task<long> CountAsync(
        NpgsqlDataSource source, string namespaceId, Filter where, CancellationToken cancellation)
    {
        var filter = new SqlFilter();
        await using var command = filter.Command(
            source,
            $"""
            select count(*)
            from temporal.schedule
            where namespace_id = {filter.Add(Guid.Parse(namespaceId))}
              and {filter.Condition(where)}
            """);
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }

    public static async Task DeleteAsync(NpgsqlDataSource source, ScheduleKey key)
    {
        await using var command = source.CreateCommand(
            """
            delete from temporal.schedule
            where namespace_id = $1
              and schedule_id = $2
            """);
        AddKey(command, key);
        await command.ExecuteNonQueryAsync();
    }

    private static string Behind(SchedulePosition? after, SqlFilter filter)
    {
        if (after is null)
        {
            return "true";
        }

        var created = filter.Add(after.CreatedAt);
        return $"""(created_at < {created} or (created_at = {created} and schedule_id collate "C" > {filter.Add(after.ScheduleId)}))""";
    }

    private static void AddKey(NpgsqlCommand command, ScheduleKey key)
    {
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = Guid.Parse(key.NamespaceId) });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = key.ScheduleId });
    }
}
