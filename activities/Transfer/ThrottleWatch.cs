using Dapper;
using Npgsql;
using Orchestrator.Activities.Postgres;
using Orchestrator.Workflows.Plan;
using Orchestrator.Workflows.Sql;

namespace Orchestrator.Activities.Transfer;

/// <summary>Measures a step's throttles, not more often than is useful, and says why work should wait.</summary>
internal sealed class ThrottleWatch(NpgsqlDataSource database, IReadOnlyList<Throttle> throttles, IReadOnlyList<string> tables, TimeProvider time)
{
    private static readonly TimeSpan MeasureEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private const int LongestAnswerBytes = 64 * 1024;

    private static readonly HttpClient Http = new() { Timeout = Patience, MaxResponseContentBufferSize = LongestAnswerBytes };

    private string? _reason;
    private long? _measuredAt;
    private decimal? _walBefore;
    private long _walAt;

    public async Task<string?> ReasonToWaitAsync(CancellationToken cancel)
    {
        if (throttles.Count == 0 || (_measuredAt is { } at && time.GetElapsedTime(at) < MeasureEvery))
        {
            return _reason;
        }

        _reason = null;
        foreach (var throttle in throttles)
        {
            _reason = await ReasonAsync(throttle, cancel);
            if (_reason is not null)
            {
                break;
            }
        }

        _measuredAt = time.GetTimestamp();
        return _reason;
    }

    private async Task<string?> ReasonAsync(Throttle throttle, CancellationToken cancel)
    {
        try
        {
            return throttle.Kind == ThrottleKind.WalRate
                ? await WalReasonAsync(throttle, cancel)
                : ThrottleReading.ReasonToWait(throttle, await MeasureAsync(throttle, cancel), null);
        }
        catch (PostgresException e)
        {
            return ThrottleReading.ReasonToWait(throttle, null, PostgresFailures.Describe(e));
        }
        catch (Exception e) when (e is HttpRequestException or InvalidCastException or FormatException or OverflowException)
        {
            return ThrottleReading.ReasonToWait(throttle, null, e.Message);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return ThrottleReading.ReasonToWait(throttle, null, $"no answer within {Patience.TotalSeconds} s");
        }
    }

    private async Task<string?> WalReasonAsync(Throttle throttle, CancellationToken cancel)
    {
        var now = await ScalarAsync("select pg_current_wal_lsn() - '0/0'::pg_lsn", null, cancel) ?? 0;
        var rate = ThrottleReading.Rate(_walBefore, now, time.GetElapsedTime(_walAt));
        (_walBefore, _walAt) = (now, time.GetTimestamp());
        // The first look has nothing to compare with; the next one, a second later, has.
        return rate is null ? null : ThrottleReading.ReasonToWait(throttle, rate, null);
    }

    private Task<decimal?> MeasureAsync(Throttle throttle, CancellationToken cancel) => throttle.Kind switch
    {
        ThrottleKind.ReplicaLag => ScalarAsync("select coalesce(max(extract(epoch from replay_lag)), 0) from pg_stat_replication", null, cancel),
        ThrottleKind.ActiveSessions => ScalarAsync(
            """
            select count(*) from pg_stat_activity
            where state = 'active' and backend_type = 'client backend' and application_name <> 'orchestrator' and pid <> pg_backend_pid()
            """,
            null,
            cancel),
        ThrottleKind.LockWaiters => ScalarAsync("select count(*) from pg_stat_activity where wait_event_type = 'Lock'", null, cancel),
        ThrottleKind.Autovacuum => ScalarAsync(
            "select count(*) from pg_stat_progress_vacuum where relid in (select to_regclass(t) from unnest(@Tables) t)",
            new { Tables = tables.ToArray() },
            cancel),
        ThrottleKind.Sql => ScalarAsync(SqlStatements.Split(throttle.Query!.Text)[0].Text, null, cancel),
        ThrottleKind.Http => AskAsync(throttle.Url!, cancel),
        _ => throw new InvalidOperationException($"Throttle {throttle.Kind} is measured elsewhere."),
    };

    private static async Task<decimal?> AskAsync(string url, CancellationToken cancel) =>
        ThrottleReading.NumberOf(await Http.GetStringAsync(new Uri(url), cancel));

    private async Task<decimal?> ScalarAsync(string sql, object? parameters, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await connection.ExecuteAsync(new CommandDefinition(
            "select set_config('transaction_read_only', 'on', true), set_config('statement_timeout', @Limit, true)",
            new { Limit = ((long)Patience.TotalMilliseconds).ToString() },
            transaction,
            cancellationToken: cancel));
        var value = await connection.ExecuteScalarAsync(new CommandDefinition(sql, parameters, transaction, cancellationToken: cancel));
        return value is null or DBNull ? null : Convert.ToDecimal(value);
    }
}
