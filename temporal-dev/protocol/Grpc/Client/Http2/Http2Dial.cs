using System.Net;
using System.Net.Sockets;

namespace TemporalDev.Protocol.Grpc;

/// <summary>Where a connection goes, and how long getting there may take.</summary>
internal sealed record Http2Dial(string Host, int Port, string Authority, TimeSpan Limit)
{
    /// <summary>Tries the host's addresses in their order. Blocks.</summary>
    public Socket Connect()
    {
        SocketException? last = null;
        foreach (var address in Addresses())
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            // The kernel would try for two minutes. Closing the socket is what ends a connect that blocks.
            using var limit = new Timer(static late => ((Socket)late!).Dispose(), socket, Limit, Timeout.InfiniteTimeSpan);
            try
            {
                socket.Connect(address, Port);
                return socket;
            }
            catch (SocketException refused)
            {
                socket.Dispose();
                last = refused;
            }
            catch (ObjectDisposedException)
            {
                throw new Http2Exception($"{Authority} did not answer within {Limit.TotalSeconds} s.");
            }
        }

        throw new Http2Exception($"{last?.Message ?? "No address is known"} ({Authority})", code: null, last);
    }

    private IPAddress[] Addresses() => IPAddress.TryParse(Host, out var address) ? [address] : Dns.GetHostAddresses(Host);
}
