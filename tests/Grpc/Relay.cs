using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Grpc;

/// <summary>A proxy for CONNECT in front of a server: it can stop passing bytes, and it can drop its connections.</summary>
internal sealed class Relay : IAsyncDisposable
{
    private readonly LoopbackListener _listener;
    private readonly ConcurrentBag<TcpClient> _clients = [];
    private volatile bool _frozen;

    public Relay() => _listener = new LoopbackListener(ServeAsync);

    public string Address => _listener.Address.ToString();

    /// <summary>The first lines of what clients asked for, headers included.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public string Answer { get; init; } = "200 Connection established";

    public void Freeze() => _frozen = true;

    public void Cut()
    {
        while (_clients.TryTake(out var client))
        {
            client.Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Cut();
        await _listener.DisposeAsync();
    }

    private async Task ServeAsync(TcpClient client, CancellationToken stopping)
    {
        _clients.Add(client);
        try
        {
            var near = client.GetStream();
            var head = await ReadHeadAsync(near, stopping);
            Requests.Enqueue(head);
            await near.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {Answer}\r\nX-Relay: tests\r\n\r\n"), stopping);
            if (Answer.StartsWith('2'))
            {
                await PassAsync(near, IPEndPoint.Parse(head.Split(' ')[1]), stopping);
            }
        }
        catch (Exception closed) when (closed is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // A connection that was cut is what some tests want.
        }

        client.Dispose();
    }

    private async Task PassAsync(NetworkStream near, IPEndPoint target, CancellationToken stopping)
    {
        using var server = new TcpClient();
        await server.ConnectAsync(target, stopping);
        await Task.WhenAny(PumpAsync(near, server.GetStream(), stopping), PumpAsync(server.GetStream(), near, stopping));
    }

    private static async Task<string> ReadHeadAsync(NetworkStream stream, CancellationToken stopping)
    {
        var head = new StringBuilder();
        var octet = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(octet, stopping);
            head.Append((char)octet[0]);
        }

        return head.ToString();
    }

    private async Task PumpAsync(NetworkStream from, NetworkStream to, CancellationToken stopping)
    {
        var buffer = new byte[16 * 1024];
        while (await from.ReadAsync(buffer, stopping) is > 0 and var read)
        {
            if (!_frozen)
            {
                await to.WriteAsync(buffer.AsMemory(0, read), stopping);
            }
        }
    }
}
