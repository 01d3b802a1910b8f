using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Orchestrator.Tests.Grpc;

/// <summary>A proxy for CONNECT in front of a server: it can stop passing bytes, and it can drop its connections.</summary>
internal sealed class Relay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentBag<TcpClient> _clients = [];
    private readonly Task _accepting;
    private volatile bool _frozen;

    public Relay()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Address => _listener.LocalEndpoint.ToString()!;

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
        await _stopping.CancelAsync();
        _listener.Dispose();
        Cut();
        await _accepting;
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
            {
                serving.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stopping.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        _clients.Add(client);
        try
        {
            var near = client.GetStream();
            var head = await ReadHeadAsync(near);
            Requests.Enqueue(head);
            await near.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {Answer}\r\nX-Relay: tests\r\n\r\n"), _stopping.Token);
            if (Answer.StartsWith('2'))
            {
                await PassAsync(near, IPEndPoint.Parse(head.Split(' ')[1]));
            }
        }
        catch (Exception closed) when (closed is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // A connection that was cut is what some tests want.
        }

        client.Dispose();
    }

    private async Task PassAsync(NetworkStream near, IPEndPoint target)
    {
        using var server = new TcpClient();
        await server.ConnectAsync(target, _stopping.Token);
        await Task.WhenAny(PumpAsync(near, server.GetStream()), PumpAsync(server.GetStream(), near));
    }

    private async Task<string> ReadHeadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var octet = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(octet, _stopping.Token);
            head.Append((char)octet[0]);
        }

        return head.ToString();
    }

    private async Task PumpAsync(NetworkStream from, NetworkStream to)
    {
        var buffer = new byte[16 * 1024];
        while (await from.ReadAsync(buffer, _stopping.Token) is > 0 and var read)
        {
            if (!_frozen)
            {
                await to.WriteAsync(buffer.AsMemory(0, read), _stopping.Token);
            }
        }
    }
}
