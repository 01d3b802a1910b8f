using Google.Protobuf.WellKnownTypes;
using TemporalDev.Server.Host;
using Temporalio.Client;

namespace Temporalio.Testing;

/// <summary>An environment with a service of its own in this process.</summary>
internal sealed class EmbeddedEnvironment : WorkflowEnvironment
{
    private readonly EmbeddedTemporal _service;
    private readonly AutoTimeSkipping? _skipping;

    private EmbeddedEnvironment(EmbeddedTemporal service, TemporalClient client, AutoTimeSkipping? skipping)
        : base(client)
    {
        _service = service;
        _skipping = skipping;
        if (skipping is not null)
        {
            var options = (TemporalClientOptions)client.Options.Clone();
            options.Interceptors = [new TimeSkippingInterceptor(skipping), .. options.Interceptors ?? []];
            Client = new TemporalClient(client.Connection, options);
        }
    }

    public override bool SupportsTimeSkipping => _skipping is not null;

    public static async Task<WorkflowEnvironment> StartAsync(TemporalClientConnectOptions options)
    {
        var settings = ServiceSettings.Of(options);
        var service = await EmbeddedTemporal.StartAsync(settings.Service, new ServiceLog(options.LoggerFactory, settings.LogLevel));
        try
        {
            var connect = (TemporalClientConnectOptions)options.Clone();
            connect.TargetHost = service.Address;
            var client = await TemporalClient.ConnectAsync(connect);
            var skipping = settings.Service.TimeSkipping ? new AutoTimeSkipping(client.Connection.TestService) : null;
            return new EmbeddedEnvironment(service, client, skipping);
        }
        catch
        {
            await service.DisposeAsync();
            throw;
        }
    }

    public override Task DelayAsync(TimeSpan delay, CancellationToken? cancellationToken = null) =>
        _skipping is null ? base.DelayAsync(delay, cancellationToken) : _skipping.DelayAsync(delay, cancellationToken ?? CancellationToken.None);

    public override async Task<DateTime> GetCurrentTimeAsync()
    {
        if (_skipping is null)
        {
            return await base.GetCurrentTimeAsync();
        }

        var answer = await Client.Connection.TestService.GetCurrentTimeAsync(new Empty());
        return answer.Time.ToDateTime();
    }

    public override T WithAutoTimeSkippingDisabled<T>(Func<T> func)
    {
        using var disabled = _skipping?.Disable();
        return base.WithAutoTimeSkippingDisabled(func);
    }

    public override async Task<T> WithAutoTimeSkippingDisabledAsync<T>(Func<Task<T>> func)
    {
        using var disabled = _skipping?.Disable();
        return await base.WithAutoTimeSkippingDisabledAsync(func);
    }

    public override async Task ShutdownAsync() => await _service.DisposeAsync();
}
