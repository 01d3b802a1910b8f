using System.Threading.Channels;
using Npgsql;
using TemporalDev.Protocol.Grpc;

namespace TemporalDev.Server.Storage.Postgres;

/// <summary>
/// The only writer of run data. It takes every commit that waits and writes them in one transaction and one round trip,
/// so that a lone commit is as quick as the disk and many at once share its flush. Its connection holds the advisory
/// lock that makes this service the owner of the database: who loses the one loses the other.
/// </summary>
internal sealed class GroupWriter : IAsyncDisposable
{
    /// <summary>Spells "temporal"; the same for every service that uses this schema.</summary>
    private const long OwnerLock = 0x74656D706F72616C;
    private const int GroupLimit = 500;
    private const int QueueLimit = 10_000;
    private static readonly TimeSpan OwnershipWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan OwnershipProbe = TimeSpan.FromMilliseconds(100);

    private readonly NpgsqlDataSource _source;
    private readonly Channel<Waiting> _queue = Channel.CreateBounded<Waiting>(
        new BoundedChannelOptions(QueueLimit) { SingleReader = true });
    private readonly Task _loop;
    private NpgsqlConnection _connection;
    private long _epoch;
    private long _transactions;
    private long _commits;

    private GroupWriter(NpgsqlDataSource source, NpgsqlConnection connection, long epoch)
    {
        _source = source;
        _connection = connection;
        _epoch = epoch;
        _loop = RunAsync();
    }

    public static async Task<GroupWriter> OpenAsync(NpgsqlDataSource source, CancellationToken cancellation)
    {
        var connection = await source.OpenConnectionAsync(cancellation);
        try
        {
            await OwnAsync(connection, cancellation);
            await Schema.UpgradeAsync(connection, cancellation);
            await using var command = new NpgsqlCommand("update temporal.owner set epoch = epoch + 1 returning epoch", connection);
            return new GroupWriter(source, connection, (long)(await command.ExecuteScalarAsync(cancellation))!);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public WriteCounts Counts => new(Interlocked.Read(ref _transactions), Interlocked.Read(ref _commits));

    public async Task WriteAsync(Commit commit)
    {
        var waiting = new Waiting(commit);
        await _queue.Writer.WriteAsync(waiting);
        await waiting.Done.Task;
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _loop;
        await _connection.DisposeAsync();
    }

    private async Task RunAsync()
    {
        var group = new List<Waiting>();
        while (await _queue.Reader.WaitToReadAsync())
        {
            group.Clear();
            while (group.Count < GroupLimit && _queue.Reader.TryRead(out var waiting))
            {
                group.Add(waiting);
            }

            await WriteGroupAsync(group);
        }
    }

    private async Task WriteGroupAsync(List<Waiting> group)
    {
        var write = CommitAsync(group);
        await write.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (write.IsCompletedSuccessfully)
        {
            group.ForEach(waiting => waiting.Done.TrySetResult());
            return;
        }

        var failure = write.Exception!.InnerException!;
        if (failure is not GrpcException && !Outage.Is(failure) && group.Count > 1)
        {
            // One commit that cannot be written must not take its neighbours with it.
            foreach (var waiting in group)
            {
                await WriteGroupAsync([waiting]);
            }

            return;
        }

        // Whether the transaction took place is unknown: every run in it is read again before it is used again.
        var told = Outage.Is(failure) ? Outage.Told() : failure;
        group.ForEach(waiting => waiting.Done.TrySetException(told));
    }

    private async Task CommitAsync(List<Waiting> group)
    {
        await EnsureConnectedAsync();
        await CommitBatch.ExecuteAsync(_connection, group.ConvertAll(waiting => waiting.Commit));
        Interlocked.Increment(ref _transactions);
        Interlocked.Add(ref _commits, group.Count);
    }

    private async Task EnsureConnectedAsync()
    {
        if (_connection.State == System.Data.ConnectionState.Open)
        {
            return;
        }

        await _connection.DisposeAsync();
        _connection = await _source.OpenConnectionAsync();
        await OwnAsync(_connection, CancellationToken.None);
        await using var command = new NpgsqlCommand("select epoch from temporal.owner", _connection);
        var found = (long)(await command.ExecuteScalarAsync())!;
        if (found != _epoch)
        {
            await _connection.CloseAsync();
            throw new GrpcException(
                GrpcStatusCode.FailedPrecondition, "Another service has taken this database over; this one has to be restarted.");
        }
    }

    /// <summary>A service that was killed a moment ago may still hold the lock until PostgreSQL notices.</summary>
    private static async Task OwnAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            await using var command = new NpgsqlCommand("select pg_try_advisory_lock($1)", connection);
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = OwnerLock });
            if ((bool)(await command.ExecuteScalarAsync(cancellation))!)
            {
                await PlanOnceAsync(connection, cancellation);
                return;
            }

            if (TimeProvider.System.GetElapsedTime(started) > OwnershipWait)
            {
                throw new InvalidOperationException(
                    $"Another Temporal service is running on the database '{connection.Database}'; stop it or use another database.");
            }

            await Task.Delay(OwnershipProbe, cancellation);
        }
    }

    /// <summary>A handful of statements, whose plans are the same for one row and for hundreds.</summary>
    private static async Task PlanOnceAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("set plan_cache_mode = force_generic_plan", connection);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private sealed class Waiting(Commit commit)
    {
        public Commit Commit => commit;

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>What has been written so far: transactions of the database, and the commits of runs that they held.</summary>
internal sealed record WriteCounts(long Transactions, long Commits);
