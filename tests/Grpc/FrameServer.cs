using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Threading.Channels;
using Orchestrator.Tests.Support;
using TemporalDev.Protocol.Grpc;

namespace Orchestrator.Tests.Grpc;

/// <summary>Listens for HTTP/2 and leaves every frame to the test.</summary>
internal sealed class FrameServer : IAsyncDisposable
{
    private readonly LoopbackListener _listener;
    private readonly Channel<FramePeer> _accepted = Channel.CreateUnbounded<FramePeer>();
    private readonly ConcurrentBag<TcpClient> _clients = [];
    private int _connections;

    private FrameServer() => _listener = new LoopbackListener(Take);

    public string Address => _listener.Address.ToString();

    /// <summary>Connections accepted so far.</summary>
    public int Connections => Volatile.Read(ref _connections);

    public static FrameServer Listen() => new();

    public GrpcChannel Connect(Func<GrpcChannelOptions, GrpcChannelOptions>? with = null)
    {
        var options = new GrpcChannelOptions { Address = Address, Retry = GrpcRetryPolicy.None, KeepAlive = null };
        return new GrpcChannel(with is null ? options : with(options));
    }

    /// <summary>The next connection, after its preface. These settings are the first thing that it hears.</summary>
    public async Task<FramePeer> AcceptAsync(params (ushort Name, int Value)[] settings)
    {
        using var limit = FramePeer.Limit();
        var peer = await _accepted.Reader.ReadAsync(limit.Token);
        await peer.GreetAsync(settings);
        return peer;
    }

    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        foreach (var client in _clients)
        {
            client.Dispose();
        }
    }

    private Task Take(TcpClient client, CancellationToken stopping)
    {
        client.NoDelay = true;
        _clients.Add(client);
        Interlocked.Increment(ref _connections);
        _accepted.Writer.TryWrite(new FramePeer(client));
        return Task.CompletedTask;
    }
}
