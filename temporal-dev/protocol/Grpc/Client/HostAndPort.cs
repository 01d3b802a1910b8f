using System.Globalization;
using System.Net;

namespace TemporalDev.Protocol.Grpc;

internal static class HostAndPort
{
    /// <summary>Splits <c>host:port</c> or <c>[v6]:port</c>; the refusal names the setting.</summary>
    public static (string Host, int Port) Parse(string address, string setting)
    {
        var colon = address.LastIndexOf(':');
        if (colon > 0 &&
            ushort.TryParse(address.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0 &&
            address[..colon].Trim('[', ']') is var host && (IPAddress.TryParse(host, out _) || Uri.CheckHostName(host) != UriHostNameType.Unknown))
        {
            return (host, port);
        }

        throw new ArgumentException($"{setting} '{address}' is not host:port.", setting);
    }
}
