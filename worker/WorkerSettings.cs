using System.Net;
using Npgsql;
using Orchestrator.Activities.Postgres;
using Orchestrator.Workflows.Contracts;

namespace Orchestrator.Worker;

/// <summary>What a worker must know, read from the environment once, at its start.</summary>
public sealed record WorkerSettings
{
    public const string LedgerVariable = "ORCHESTRATOR_LEDGER";
    public const string LocalVariable = "ORCHESTRATOR_LOCAL";
    public const string TaskQueueVariable = "ORCHESTRATOR_TASK_QUEUE";
    public const string LogFileVariable = "ORCHESTRATOR_LOG_FILE";
    public const string ReportsVariable = "ORCHESTRATOR_REPORTS";
    public const string LogLevelVariable = "ORCHESTRATOR_LOG_LEVEL";
    public const string ActivitiesVariable = "ORCHESTRATOR_ACTIVITIES";
    public const string ComparedRowsVariable = "ORCHESTRATOR_COMPARED_ROWS";

    public const string HealthVariable = "ORCHESTRATOR_HEALTH_ADDRESS";
    public const string WebhookVariable = "ORCHESTRATOR_WEBHOOK";

    // As every OpenTelemetry tool names them.
    public const string CollectorVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";
    public const string CollectorProtocolVariable = "OTEL_EXPORTER_OTLP_PROTOCOL";

    // Each holds a database connection or two; more of them wait for connections instead of working.
    private const int UsualActivities = 20;
    private const int MostActivities = 1_000;
    private const int MostComparedRows = 1_000_000_000;

    private static readonly string[] Levels = ["debug", "information", "warning", "error"];

    /// <summary>Connection string of the ledger's database.</summary>
    public required string Ledger { get; init; }

    /// <summary>Connection string of a server on which the databases of embedded environments are made; null where there are none.</summary>
    public string? LocalServer { get; init; }

    public string TaskQueue { get; init; } = WorkflowIds.TaskQueue;

    /// <summary>JSON lines, for machines; the console is for people.</summary>
    public string? LogFile { get; init; }

    /// <summary>The folder for reports, which are in the ledger as well.</summary>
    public string? Reports { get; init; }

    public string LogLevel { get; init; } = "information";

    /// <summary>Where people are told of gates and failures, in Slack's JSON. Its address is a secret.</summary>
    public Uri? Webhook { get; init; }

    /// <summary>Where traces and metrics are sent to; null: nowhere.</summary>
    public Collector? Collector { get; init; }

    /// <summary>Where health and metrics are asked for; null: nowhere.</summary>
    public IPEndPoint? HealthAddress { get; init; }

    public int Activities { get; init; } = UsualActivities;

    /// <summary>The identity of a worker that is known to be dead, whose activities this one takes over at once; null where nobody knows.</summary>
    public string? SuccessorTo { get; init; }

    /// <summary>Comparisons go on after so many rows when a worker is killed.</summary>
    public int ComparedRows { get; init; } = ActivitySettings.UsualComparedRows;

    /// <summary>How long running activities may finish their chunk before they are cut off. A host that stops is given ten seconds by most supervisors.</summary>
    public TimeSpan GracefulShutdown { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Reads the settings, or lists every mistake in them, each with the name of its variable.</summary>
    public static (WorkerSettings? Settings, IReadOnlyList<string> Mistakes) Read(Func<string, string?> variable)
    {
        var mistakes = new List<string>();
        var settings = new WorkerSettings
        {
            Ledger = Connection(LedgerVariable) ?? "",
            LocalServer = Connection(LocalVariable),
            TaskQueue = Value(TaskQueueVariable) ?? WorkflowIds.TaskQueue,
            LogFile = Value(LogFileVariable),
            Reports = Value(ReportsVariable),
            LogLevel = Level(Value(LogLevelVariable) ?? "information"),
            Webhook = Address(WebhookVariable),
            Collector = Address(CollectorVariable) is { } collector ? new Collector(collector, SpeaksHttp(Value(CollectorProtocolVariable) ?? "grpc")) : null,
            HealthAddress = EndPoint(HealthVariable),
            Activities = Count(ActivitiesVariable, UsualActivities, MostActivities),
            ComparedRows = Count(ComparedRowsVariable, ActivitySettings.UsualComparedRows, MostComparedRows),
        };
        if (Value(LedgerVariable) is null)
        {
            mistakes.Add($"{LedgerVariable} is not set: it must hold the connection string of the ledger's database.");
        }

        return (mistakes.Count == 0 ? settings : null, mistakes);

        string? Value(string name) => variable(name) is { Length: > 0 } value ? value : null;

        string? Connection(string name)
        {
            if (Value(name) is not { } text)
            {
                return null;
            }

            try
            {
                return new NpgsqlConnectionStringBuilder(text).Host is { Length: > 0 } ? text : Mistake<string>($"{name} names no host.");
            }
            catch (Exception e) when (e is ArgumentException or FormatException)
            {
                // The parser's own message may repeat a password.
                return Mistake<string>($"{name} is not a connection string; write it as 'Host=...;Port=...;Database=...;Username=...;Password=...'.");
            }
        }

        string Level(string text) => Levels.Contains(text.ToLowerInvariant())
            ? text.ToLowerInvariant()
            : Mistake<string>($"{LogLevelVariable} is '{text}', which is none of {string.Join(", ", Levels)}.") ?? "";

        Uri? Address(string name) => Value(name) is not { } text ? null
            : Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is ("http" or "https") ? address
            : Mistake<Uri>($"{name} is not an address that begins with https:// or http://.");

        bool SpeaksHttp(string protocol) => protocol == "http/protobuf"
            || (protocol != "grpc" && Mistake<bool>($"{CollectorProtocolVariable} is '{protocol}', which is neither grpc nor http/protobuf."));

        IPEndPoint? EndPoint(string name) => Value(name) is not { } text ? null
            : IPEndPoint.TryParse(text, out var point) && point.Port > 0 ? point
            : Mistake<IPEndPoint>($"{name} is '{text}', which is no address and port; write it as '127.0.0.1:9464' or '0.0.0.0:9464'.");

        int Count(string name, int usual, int most) => Value(name) is not { } text ? usual
            : int.TryParse(text, out var number) && number >= 1 && number <= most ? number
            : Mistake<int>($"{name} is '{text}', which is not a number from 1 to {most}.");

        T? Mistake<T>(string sentence)
        {
            mistakes.Add(sentence);
            return default;
        }
    }
}
