using System.Net;
using Microsoft.Extensions.Logging;
using TemporalDev.Server.Host;
using Temporalio.Client;

namespace Temporalio.Testing;

/// <summary>What the options of an environment mean for the service in this process.</summary>
internal sealed record ServiceSettings(TemporalOptions Service, LogLevel LogLevel)
{
    public static ServiceSettings Of(TemporalClientConnectOptions options) => options switch
    {
        WorkflowEnvironmentStartLocalOptions local => OfLocal(local),
        WorkflowEnvironmentStartTimeSkippingOptions skipping => OfTimeSkipping(skipping),
        _ => throw new ArgumentException($"{options.GetType().Name} starts no environment.", nameof(options)),
    };

    private static ServiceSettings OfLocal(WorkflowEnvironmentStartLocalOptions options)
    {
        var server = options.DevServerOptions;
        Refuse(options.UI, nameof(options.UI), "the embedded service has no web UI");
        Refuse(server.DatabaseFilename is not null, nameof(server.DatabaseFilename), "the embedded service of a test keeps nothing");
        RefusePrograms(server.ExistingPath, server.ExtraArgs);
        var attributes = (options.SearchAttributes ?? []).ToDictionary(key => key.Name, key => key.ValueType);
        return new(Bound(options) with { SearchAttributes = attributes }, Level(server.LogLevel));
    }

    private static ServiceSettings OfTimeSkipping(WorkflowEnvironmentStartTimeSkippingOptions options)
    {
        RefusePrograms(options.TestServerOptions.ExistingPath, options.TestServerOptions.ExtraArgs);
        return new(Bound(options) with { TimeSkipping = true }, LogLevel.Warning);
    }

    private static TemporalOptions Bound(TemporalClientConnectOptions options)
    {
        var service = new TemporalOptions { Namespaces = [options.Namespace], ApiKey = options.ApiKey };
        if (options.TargetHost is not { } target)
        {
            return service;
        }

        return IPEndPoint.TryParse(target, out var address)
            ? service with { Address = address.Address, Port = address.Port }
            : throw new ArgumentException($"TargetHost '{target}' is where the service shall listen: an IP address and a port.", nameof(options));
    }

    private static void RefusePrograms(string? existingPath, IReadOnlyCollection<string>? extraArgs)
    {
        const string InProcess = "the service runs in this process, not as a program";
        Refuse(existingPath is not null, "ExistingPath", InProcess);
        Refuse(extraArgs is { Count: > 0 }, "ExtraArgs", InProcess);
    }

    private static void Refuse(bool isSet, string option, string because)
    {
        if (isSet)
        {
            throw new NotSupportedException($"The option {option} is not supported here: {because}.");
        }
    }

    private static LogLevel Level(string name) => name switch
    {
        "debug" => LogLevel.Debug,
        "info" => LogLevel.Information,
        "warn" => LogLevel.Warning,
        "error" => LogLevel.Error,
        "never" => LogLevel.None,
        _ => throw new ArgumentException($"LogLevel '{name}' is none of debug, info, warn, error and never."),
    };
}
