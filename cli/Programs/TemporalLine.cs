using Orchestrator.Cli.Embedded;
using Orchestrator.Worker;
using Temporalio.Client;
using Temporalio.Exceptions;
using TemporalDev.Server.Host;

namespace Orchestrator.Cli.Programs;

/// <summary>
/// The way to the Temporal service. The one of the laptop stack may die and come back at another address, and meanwhile
/// somebody else may listen at the old one: calls follow it, and no stranger's answer counts.
/// </summary>
internal sealed class TemporalLine(Func<StackAddresses> addresses, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    private readonly Lock _gate = new();
    private StackAddresses? _dialled;
    private TemporalClient? _client;

    /// <summary>For one call; the next one asks again.</summary>
    public ITemporalClient Client
    {
        get
        {
            var now = addresses();
            lock (_gate)
            {
                if (_client is null || _dialled != now)
                {
                    _client = TemporalClient.CreateLazy(OptionsFor(now));
                    _dialled = now;
                }

                return _client;
            }
        }
    }

    public static bool IsAway(RpcException e) => e.Code is RpcException.StatusCode.Unavailable or RpcException.StatusCode.DeadlineExceeded
        or RpcException.StatusCode.Internal or RpcException.StatusCode.Unknown or RpcException.StatusCode.Aborted;

    /// <summary>Fails at once, with the address, where nobody is.</summary>
    public async Task ConnectAsync()
    {
        if (addresses() is not { Temporal: null } named)
        {
            // The stack has just started it.
            return;
        }

        var options = OptionsFor(named);
        try
        {
            var client = await TemporalClient.ConnectAsync(options);
            lock (_gate)
            {
                (_client, _dialled) = (client, named);
            }
        }
        catch (Exception e) when (e is InvalidOperationException or RpcException)
        {
            throw new StackException($"Temporal does not answer at {options.TargetHost}: {e.Message}");
        }
    }

    /// <summary>A service that is killed takes the call with it, not what it was about: it is asked again until it is there again.</summary>
    public async Task<T> PersistAsync<T>(Func<ITemporalClient, CancellationToken, Task<T>> call, TimeSpan patience, CancellationToken cancel)
    {
        var begun = time.GetTimestamp();
        while (true)
        {
            try
            {
                return await CallAsync(call, cancel);
            }
            catch (RpcException e) when (!cancel.IsCancellationRequested)
            {
                var outOfPatience = patience != Timeout.InfiniteTimeSpan && time.GetElapsedTime(begun) > patience;
                if (outOfPatience || !(IsAway(e) || (e.Code == RpcException.StatusCode.NotFound && !await IsOursAsync(cancel))))
                {
                    throw;
                }
            }
            catch (MovedException)
            {
                // The new address is known already.
            }

            await Task.Delay(Pause, time, cancel);
        }
    }

    /// <summary>One that waits for an answer stops waiting when the service has moved: who listens there now may keep silent for ever.</summary>
    private async Task<T> CallAsync<T>(Func<ITemporalClient, CancellationToken, Task<T>> call, CancellationToken cancel)
    {
        var client = Client;
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var calling = call(client, leaving.Token);
        while (await Task.WhenAny(calling, Task.Delay(Pause, time, cancel)) != calling && !cancel.IsCancellationRequested && Client == client)
        {
        }

        if (calling.IsCompleted || cancel.IsCancellationRequested)
        {
            return await calling;
        }

        await leaving.CancelAsync();
        await ((Task)calling).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        throw new MovedException();
    }

    /// <summary>Another stack's service refuses calls that name this one; any other kind of service says who it is.</summary>
    private async Task<bool> IsOursAsync(CancellationToken cancel)
    {
        if (addresses().Temporal is null)
        {
            return true;
        }

        try
        {
            var cluster = await Client.WorkflowService.GetClusterInfoAsync(new(), new() { CancellationToken = cancel });
            return cluster.ClusterId == TemporalOptions.ClusterId;
        }
        catch (RpcException e) when (IsAway(e))
        {
            return false;
        }
    }

    private static TemporalClientConnectOptions OptionsFor(StackAddresses addresses)
    {
        var options = TemporalAddress.Find(addresses.Temporal);
        if (addresses.ServiceName is { } name)
        {
            options.RpcMetadata = [new(StackAddresses.ServiceNameHeader, name)];
        }

        return options;
    }

    private sealed class MovedException : Exception;
}
