using System.Net;
using Microsoft.Extensions.Logging;
using Temporalio.Api.Enums.V1;

namespace TemporalDev.Server.Host;

/// <summary>The executable's flags, named as those of "temporal server start-dev" where it has the same.</summary>
internal sealed record CommandLine(TemporalOptions Options, LogLevel LogLevel)
{
    public const string Usage =
        """
        temporal-dev-server [flags]
          --ip ADDRESS            where to listen (default 127.0.0.1)
          --port N                gRPC port (default 7233; 0 takes a free one)
          --namespace NAME        create a namespace; may be given several times (default "default")
          --search-attribute NAME=TYPE
                                  create one in these namespaces; may be given several times
          --db CONNECTION         PostgreSQL connection string
          --memory                keep nothing
          --log-level LEVEL       debug, info, warn, error or never (default warn)
        """;

    public static CommandLine Parse(IReadOnlyList<string> arguments)
    {
        var parsed = new CommandLine(new TemporalOptions { Port = 7233 }, LogLevel.Warning);
        var isMemory = false;
        for (var index = 0; index < arguments.Count; index++)
        {
            var flag = arguments[index];
            if (flag == "--memory")
            {
                isMemory = true;
                continue;
            }

            if (index + 1 == arguments.Count)
            {
                throw new FormatException($"{flag} is not a flag or lacks its value.");
            }

            parsed = parsed.With(flag, arguments[++index]);
        }

        if (isMemory == (parsed.Options.Database is not null))
        {
            throw new FormatException("Give either --db CONNECTION or --memory.");
        }

        return parsed;
    }

    private CommandLine With(string flag, string value) => flag switch
    {
        "--ip" => this with { Options = Options with { Address = IPAddress.Parse(value == "localhost" ? "127.0.0.1" : value) } },
        "--port" => this with { Options = Options with { Port = int.Parse(value) } },
        "--namespace" => this with { Options = Options with { Namespaces = [.. Options.Namespaces, value] } },
        "--search-attribute" => this with { Options = Options with { SearchAttributes = WithAttribute(value) } },
        "--db" => this with { Options = Options with { Database = value } },
        "--log-level" => this with { LogLevel = Level(value) },
        _ => throw new FormatException($"{flag} is not a flag."),
    };

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
