using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TemporalDev.Protocol.Grpc;

/// <summary>
/// A connection through an HTTP proxy by CONNECT. HttpClient itself does this for TLS only, and speaks
/// HTTP/1.1 to a proxy otherwise.
/// </summary>
internal static class ConnectTunnel
{
    private const int MaxReplyBytes = 16 * 1024;

    public static async ValueTask<Stream> OpenAsync(GrpcProxy proxy, DnsEndPoint target, CancellationToken cancel)
    {
        var (host, port) = HostAndPort.Parse(proxy.Address, nameof(GrpcChannelOptions.Proxy));
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(host, port, cancel);
            var stream = new NetworkStream(socket, ownsSocket: true);
            await stream.WriteAsync(Encoding.ASCII.GetBytes(Request(proxy, target)), cancel);
            var reply = await ReadReplyAsync(stream, cancel);
            // "HTTP/1.1 200 ..."
            return reply.Split(' ') is [_, ['2', _, _], ..]
                ? stream
                : throw new HttpRequestException(HttpRequestError.ProxyTunnelError, $"the proxy {proxy.Address} refused the connection: {reply}");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static string Request(GrpcProxy proxy, DnsEndPoint target)
    {
        var host = target.Host.Contains(':', StringComparison.Ordinal) ? $"[{target.Host}]" : target.Host;
        var authorization = proxy.User is null
            ? ""
            : $"Proxy-Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{proxy.User}:{proxy.Password}"))}\r\n";
        return $"CONNECT {host}:{target.Port} HTTP/1.1\r\nHost: {host}:{target.Port}\r\n{authorization}\r\n";
    }

    // Byte by byte: what follows the empty line already belongs to the server behind the proxy.
    private static async Task<string> ReadReplyAsync(Stream stream, CancellationToken cancel)
    {
        var reply = new StringBuilder();
        var octet = new byte[1];
        while (reply.Length < MaxReplyBytes)
        {
            if (await stream.ReadAsync(octet, cancel) == 0)
            {
                break;
            }

            reply.Append((char)octet[0]);
            if (octet[0] == '\n' && reply.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
            {
                return reply.ToString().Split('\r')[0];
            }
        }

        throw new HttpRequestException(HttpRequestError.ProxyTunnelError, "the proxy did not answer CONNECT with a complete HTTP header");
    }
}
