using System.Diagnostics;
using System.Text.Json;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Sdk.Languages;

/// <summary>A worker and a client in TypeScript, in a process of their own.</summary>
internal sealed class TypeScriptPeer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private readonly Process _process;

    private TypeScriptPeer(Process process, string taskQueue) => (_process, TaskQueue) = (process, taskQueue);

    public string TaskQueue { get; }

    public static async Task<TypeScriptPeer> StartAsync(string address)
    {
        var taskQueue = $"typescript-{Guid.NewGuid()}";
        var start = await ConformanceSuite.NodeAsync("languages/peer.mjs", address, taskQueue);
        var peer = new TypeScriptPeer(Process.Start(start)!, taskQueue);
        await peer.ReadAsync<JsonElement>();
        return peer;
    }

    /// <summary>Lets its client drive a workflow from start to result.</summary>
    public async Task<Driven> DriveAsync(string workflowId, string workflowQueue)
    {
        await _oneAtATime.WaitAsync();
        try
        {
            var line = JsonSerializer.Serialize(new { workflowId, workflowQueue, stampQueue = TaskQueue });
            await _process.StandardInput.WriteLineAsync(line);
            await _process.StandardInput.FlushAsync();
            return await ReadAsync<Driven>();
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _oneAtATime.Dispose();
    }

    private async Task<T> ReadAsync<T>()
    {
        using var limit = new CancellationTokenSource(Patience);
        while (await _process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            // The native core logs to the same output.
            if (line.StartsWith('{'))
            {
                return JsonSerializer.Deserialize<T>(line, JsonSerializerOptions.Web)!;
            }
        }

        throw new InvalidOperationException($"The peer has ended: {await _process.StandardError.ReadToEndAsync(limit.Token)}");
    }

    internal sealed record Driven(string RenamedFrom, string Refusal, int Weight, CargoResult Result);
}
