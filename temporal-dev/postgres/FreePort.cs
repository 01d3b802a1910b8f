using System.Net;
using System.Net.Sockets;

namespace TemporalDev.Postgres;

/// <summary>
/// Ports below the range that systems hand out for outgoing connections, so that the port of a server that is being
/// restarted is not taken by somebody's passing connection meanwhile.
/// </summary>
public static class FreePort
{
    private const int Lowest = 20_000;
    private const int Highest = 32_000;
    private const int Attempts = 50;

    public static int Choose(int? preferred = null)
    {
        if (preferred is { } wanted && IsFree(wanted))
        {
            return wanted;
        }

        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var port = Random.Shared.Next(Lowest, Highest);
            if (IsFree(port))
            {
                return port;
            }
        }

        throw new EmbeddedPostgresException($"No free port on 127.0.0.1 was found in {Attempts} attempts between {Lowest} and {Highest}.");
    }

    public static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
