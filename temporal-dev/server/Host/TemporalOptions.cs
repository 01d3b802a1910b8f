using System.Net;
using TemporalDev.Protocol.Grpc;
using Temporalio.Api.Enums.V1;

namespace TemporalDev.Server.Host;

/// <summary>How to run the embedded Temporal service. The defaults suit a test: any free port, nothing kept.</summary>
public sealed record TemporalOptions
{
    /// <summary>What it calls its cluster, which tells it from a Temporal server of another make.</summary>
    public const string ClusterId = "temporal-dev";

    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>Zero takes any free port.</summary>
    public int Port { get; init; }

    /// <summary>A PostgreSQL connection string; null keeps everything in memory.</summary>
    public string? Database { get; init; }

    /// <summary>Created if they do not exist yet.</summary>
    public IReadOnlyList<string> Namespaces { get; init; } = ["default"];

    /// <summary>Added to those of each of these namespaces, name to type.</summary>
    public IReadOnlyDictionary<string, IndexedValueType> SearchAttributes { get; init; } = new Dictionary<string, IndexedValueType>();

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>When set, calls with a <c>server-name</c> header that says otherwise are refused: they were meant for another one.</summary>
    public string? Name { get; init; }

    /// <summary>Serves the TestService, whose callers let the time of workflows run ahead. Only without a database.</summary>
    public bool TimeSkipping { get; init; }

    /// <summary>Where HTTP and JSON are answered: zero takes any free port, null answers none.</summary>
    public int? HttpPort { get; init; }

    /// <summary>Where Prometheus may ask for figures: zero takes any free port, null gives none.</summary>
    public int? MetricsPort { get; init; }

    /// <summary>For all ports. Null leaves them open to reading by whoever is on the way.</summary>
    public GrpcServerTls? Tls { get; init; }

    /// <summary>When set, every call has to carry it.</summary>
    public string? ApiKey { get; init; }
}
