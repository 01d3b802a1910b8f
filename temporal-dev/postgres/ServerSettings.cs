using System.Globalization;

namespace TemporalDev.Postgres;

/// <summary>Settings go on the command line: the files of the cluster stay as initdb wrote them and belong to the server's account.</summary>
internal static class ServerSettings
{
    public static IEnumerable<string> Arguments(string cluster, int port, EmbeddedPostgresOptions options)
    {
        IEnumerable<(string Name, string Value)> settings =
        [
            ("listen_addresses", "127.0.0.1"),
            ("port", Number(port)),
            // No socket at all: the loopback port with a password is the one way in.
            ("unix_socket_directories", ""),
            ("max_connections", Number(options.MaxConnections)),
            ("shared_buffers", Number(options.SharedBuffersMegabytes) + "MB"),
            ("timezone", "UTC"),
            ("log_timezone", "UTC"),
            ("log_line_prefix", "%m [%p] %d "),
            .. options.Durability == Durability.Scratch ? Scratch : [],
        ];
        return ["-D", cluster, .. settings.SelectMany(setting => new[] { "-c", $"{setting.Name}={setting.Value}" })];
    }

    private static readonly (string, string)[] Scratch =
    [
        ("fsync", "off"),
        ("synchronous_commit", "off"),
        ("full_page_writes", "off"),
    ];

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
