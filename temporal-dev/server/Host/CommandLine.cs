using System.Collections.Immutable;
using System.Net;
using Microsoft.Extensions.Logging;
using TemporalDev.Protocol.Grpc;
using Temporalio.Api.Enums.V1;

namespace TemporalDev.Server.Host;

/// <summary>The executable's flags, named as those of "temporal server start-dev" where it has the same.</summary>
internal sealed record CommandLine(TemporalOptions Options, LogLevel LogLevel)
{
    public const string Usage =
        """
        temporal-dev-server [flags]

        Where it listens
          --ip ADDRESS            IP address (default 127.0.0.1)
          --allow-remote          needed for an --ip that other machines can reach
          --port N                gRPC (default 7233; 0 takes a free one)
          --http-port N           HTTP and JSON (default: not served)
          --metrics-port N        figures for Prometheus, at /metrics (default: not served)

        What it keeps, and where
          --db CONNECTION         PostgreSQL connection string
          --memory                keep nothing
          --time-skipping         serve the TestService, which can put time forward; with --memory only
                                  without either: an embedded PostgreSQL below $XDG_STATE_HOME/temporal-dev
          --namespace NAME        create a namespace; may be given several times (default "default")
          --search-attribute NAME=TYPE
                                  create one in these namespaces; may be given several times

        Who may call
          --api-key SOURCE        callers need this key; SOURCE is a file, or env:NAME for an environment variable
          --tls-cert FILE         certificate in PEM, for all ports
          --tls-key FILE          its private key
          --tls-client-ca FILE    callers need a certificate that one of these roots has signed

          --log-level LEVEL       debug, info, warn, error or never (default warn)
          --help                  this text
        """;

    private const int UsualPort = 7233;

    public bool HelpWanted { get; private init; }

    public bool IsMemory { get; private init; }

    /// <summary>Where the key of callers is to be read from.</summary>
    public string? ApiKeySource { get; private init; }

    public TlsFiles Tls { get; private init; } = new(null, null, null);

    private bool AllowsRemote { get; init; }

    private ImmutableArray<string> Namespaces { get; init; } = [];

    public bool WantsEmbeddedDatabase => !IsMemory && Options.Database is null;

    public bool IsOpenToOthers => !IPAddress.IsLoopback(Options.Address) && ApiKeySource is null && Tls.Certificate is null;

    public static CommandLine Parse(IReadOnlyList<string> arguments)
    {
        var parsed = new CommandLine(new TemporalOptions { Port = UsualPort }, LogLevel.Warning);
        for (var index = 0; index < arguments.Count; index++)
        {
            var (flag, value) = Split(arguments[index]);
            if (value is null && parsed.Switch(flag) is { } switched)
            {
                parsed = switched;
                continue;
            }

            value ??= ++index < arguments.Count ? arguments[index] : null;
            parsed = parsed.With(flag, value);
        }

        return parsed.HelpWanted ? parsed : parsed.Checked();
    }

    private static (string Flag, string? Value) Split(string argument)
    {
        var equals = argument.IndexOf('=', StringComparison.Ordinal);
        return argument.StartsWith("--", StringComparison.Ordinal) && equals > 0 ? (argument[..equals], argument[(equals + 1)..]) : (argument, null);
    }

    private CommandLine? Switch(string flag) => flag switch
    {
        "--memory" => this with { IsMemory = true },
        "--time-skipping" => this with { Options = Options with { TimeSkipping = true } },
        "--allow-remote" => this with { AllowsRemote = true },
        "--help" or "-h" => this with { HelpWanted = true },
        _ => null,
    };

    private CommandLine With(string flag, string? given)
    {
        string Value() => given is { Length: > 0 } value ? value : throw new FormatException($"{flag} lacks its value.");
        return flag switch
        {
            "--ip" => this with { Options = Options with { Address = Address(Value()) } },
            "--port" => this with { Options = Options with { Port = Port(flag, Value()) } },
            "--http-port" => this with { Options = Options with { HttpPort = Port(flag, Value()) } },
            "--metrics-port" => this with { Options = Options with { MetricsPort = Port(flag, Value()) } },
            "--namespace" => this with { Namespaces = Namespaces.Add(Value()) },
            "--search-attribute" => this with { Options = Options with { SearchAttributes = WithAttribute(Value()) } },
            "--db" => this with { Options = Options with { Database = Value() } },
            "--api-key" => this with { ApiKeySource = Value() },
            "--tls-cert" => this with { Tls = Tls with { Certificate = Value() } },
            "--tls-key" => this with { Tls = Tls with { Key = Value() } },
            "--tls-client-ca" => this with { Tls = Tls with { ClientRoots = Value() } },
            "--log-level" => this with { LogLevel = Level(Value()) },
            _ => throw new FormatException($"{flag} is not a flag."),
        };
    }

    private CommandLine Checked()
    {
        if (IsMemory && Options.Database is not null)
        {
            throw new FormatException("--db and --memory exclude each other.");
        }

        if (Options.TimeSkipping && !IsMemory)
        {
            throw new FormatException("--time-skipping needs --memory: what is kept has real times.");
        }

        if (!IPAddress.IsLoopback(Options.Address) && !AllowsRemote)
        {
            throw new FormatException($"--ip {Options.Address} can be reached from other machines: add --allow-remote if that is meant.");
        }

        if (Tls.Certificate is null != Tls.Key is null || Tls.Certificate is null && Tls.ClientRoots is not null)
        {
            throw new FormatException("TLS needs both --tls-cert and --tls-key.");
        }

        return Namespaces.IsEmpty ? this : this with { Options = Options with { Namespaces = Namespaces } };
    }

    private static IPAddress Address(string text) =>
        text == "localhost" ? IPAddress.Loopback
        : IPAddress.TryParse(text, out var address) ? address
        : throw new FormatException($"--ip '{text}' is not an IP address.");

    private static int Port(string flag, string text) =>
        ushort.TryParse(text, out var port) ? port : throw new FormatException($"{flag} '{text}' is not a port: a number from 0 to 65535.");

    private Dictionary<string, IndexedValueType> WithAttribute(string definition)
    {
        var parts = definition.Split('=');
        if (parts.Length != 2 || parts[0].Length == 0 || !Enum.TryParse<IndexedValueType>(parts[1], ignoreCase: true, out var type)
            || !Enum.IsDefined(type) || type == IndexedValueType.Unspecified)
        {
            throw new FormatException(
                $"'{definition}' is not NAME=TYPE with Text, Keyword, Int, Double, Bool, Datetime or KeywordList as the type.");
        }

        return new Dictionary<string, IndexedValueType>(Options.SearchAttributes) { [parts[0]] = type };
    }

    private static LogLevel Level(string name) => name switch
    {
        "debug" => LogLevel.Debug,
        "info" => LogLevel.Information,
        "warn" => LogLevel.Warning,
        "error" => LogLevel.Error,
        "never" => LogLevel.None,
        _ => throw new FormatException($"'{name}' is not a log level: debug, info, warn, error or never."),
    };
}

/// <summary>Files in PEM; null where the flag was not given.</summary>
internal sealed record TlsFiles(string? Certificate, string? Key, string? ClientRoots)
{
    public async Task<GrpcServerTls?> ReadAsync(CancellationToken cancel) =>
        Certificate is null || Key is null ? null : new GrpcServerTls(
            await File.ReadAllTextAsync(Certificate, cancel),
            await File.ReadAllTextAsync(Key, cancel),
            ClientRoots is null ? null : await File.ReadAllTextAsync(ClientRoots, cancel));
}
