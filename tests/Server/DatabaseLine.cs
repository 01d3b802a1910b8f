using System.Net;
using System.Net.Sockets;
using Npgsql;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Server;

/// <summary>The way from a service to its database: the answers to what the service writes can be held up, or lost with the connection.</summary>
internal sealed class DatabaseLine : IAsyncDisposable
{
    private readonly NpgsqlConnectionStringBuilder _database;
    private readonly LoopbackListener _listener;
    private TaskCompletionSource _passing = new();
    private TaskCompletionSource _held = new();
    private int _losing;

    public DatabaseLine(string connectionString)
    {
        _database = new NpgsqlConnectionStringBuilder(connectionString);
        _passing.SetResult();
        _listener = new LoopbackListener(ServeAsync);
    }

    public string ConnectionString => new NpgsqlConnectionStringBuilder(_database.ConnectionString) { Port = _listener.Address.Port }.ConnectionString;

    public void LoseNextAnswer() => Volatile.Write(ref _losing, 1);

    /// <returns>Completes when an answer is held up.</returns>
    public Task Hold()
    {
        _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _passing = new(TaskCreationOptions.RunContinuationsAsynchronously);
        return _held.Task;
    }

    public void Release() => _passing.TrySetResult();

    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    private async Task ServeAsync(TcpClient client, CancellationToken stopping)
    {
        using var near = client;
        using var far = new TcpClient();
        try
        {
            await far.ConnectAsync(IPAddress.Loopback, _database.Port, stopping);
            var connection = new Connection(near.GetStream(), far.GetStream());
            await Task.WhenAny(AskAsync(connection, stopping), AnswerAsync(connection, stopping));
        }
        catch (Exception closed) when (closed is IOException or SocketException or OperationCanceledException)
        {
            // A connection that was cut is what the tests want.
        }
    }

    private async Task AskAsync(Connection connection, CancellationToken stopping)
    {
        var buffer = new byte[64 * 1024];
        while (await connection.Near.ReadAsync(buffer, stopping) is > 0 and var read)
        {
            // Who writes owns the database, and asks for that first.
            connection.Writes |= buffer.AsSpan(0, read).IndexOf("pg_try_advisory_lock"u8) >= 0;
            await connection.Far.WriteAsync(buffer.AsMemory(0, read), stopping);
        }
    }

    private async Task AnswerAsync(Connection connection, CancellationToken stopping)
    {
        var buffer = new byte[64 * 1024];
        while (await connection.Far.ReadAsync(buffer, stopping) is > 0 and var read)
        {
            if (connection.Writes)
            {
                if (!_passing.Task.IsCompleted)
                {
                    _held.TrySetResult();
                }

                await _passing.Task.WaitAsync(stopping);
                if (Interlocked.Exchange(ref _losing, 0) == 1)
                {
                    return;
                }
            }

            await connection.Near.WriteAsync(buffer.AsMemory(0, read), stopping);
        }
    }

    private sealed class Connection(NetworkStream near, NetworkStream far)
    {
        public NetworkStream Near => near;

        public NetworkStream Far => far;

        public bool Writes { get; set; }
    }
}
