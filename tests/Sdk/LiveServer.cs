using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Tests.Support;
using TemporalDev.Server.Host;
using Temporalio.Client;

namespace Orchestrator.Tests.Sdk;

/// <summary>The server that the running <see cref="LiveFactAttribute">live test</see> is for: one of each kind for the whole test run.</summary>
internal static class LiveServer
{
    private static readonly AsyncLocal<(LiveServerKind Kind, string Test)> Current = new();

    private static readonly Lock Gate = new();

    // Never stopped: it lives as long as the process and keeps nothing.
    private static Task<EmbeddedTemporal>? _embedded;

    public static LiveServerKind Kind => Current.Value.Kind;

    /// <summary>The same for the same test with the same arguments on another server.</summary>
    public static string Test => Current.Value.Test;

    public static void Enter(LiveServerKind kind, string test) => Current.Value = (kind, test);

    /// <summary><c>host:port</c></summary>
    public static async Task<string> AddressAsync() =>
        Kind == LiveServerKind.Official ? await OfficialServer.AddressAsync() : (await EmbeddedAsync()).Address;

    public static async Task<TemporalClient> ConnectAsync(Action<TemporalClientConnectOptions>? configure = null)
    {
        var options = new TemporalClientConnectOptions(await AddressAsync());
        configure?.Invoke(options);
        return await TemporalClient.ConnectAsync(options);
    }

    private static Task<EmbeddedTemporal> EmbeddedAsync()
    {
        lock (Gate)
        {
            return _embedded ??= EmbeddedTemporal.StartAsync(new() { SearchAttributes = OfficialServer.SearchAttributes }, NullLoggerFactory.Instance);
        }
    }
}

public enum LiveServerKind
{
    Embedded,
    Official,
}
