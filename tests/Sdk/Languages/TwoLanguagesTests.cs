using System.Collections.Concurrent;
using Orchestrator.Tests.Sdk.Worker;
using Temporalio.Common;
using Temporalio.Exceptions;
using Temporalio.Worker;

namespace Orchestrator.Tests.Sdk.Languages;

/// <summary>Clients, workers and histories of one language serve the other.</summary>
public sealed class TwoLanguagesTests(TwoLanguagesTests.Peers peers) : IClassFixture<TwoLanguagesTests.Peers>
{
    [LiveTheory]
    [BothCachings]
    public async Task A_TypeScript_client_drives_a_workflow_of_ours(Caching caching) =>
        await Live.RunAsync(caching, options => options.AddWorkflow<CargoWorkflow>(), async queue =>
        {
            var peer = await peers.HereAsync();
            var id = queue.New().Id!;

            var driven = await peer.DriveAsync(id, queue.Name);

            Assert.Equal(("unnamed", "a ship needs a name", 2), (driven.RenamedFrom, driven.Refusal, driven.Weight));
            AssertCargo("Ada of 2, stamped by TypeScript", driven.Result);
            await AssertReplaysAsync(await queue.Client.GetWorkflowHandle(id).FetchHistoryAsync());
        });

    [LiveFact]
    public async Task Our_client_drives_a_workflow_in_TypeScript() =>
        await Live.RunAsync(Caching.On, options => options.AddActivity(CargoActivities.Stamp), async queue =>
        {
            var peer = await peers.HereAsync();
            var options = queue.New();
            options.TaskQueue = peer.TaskQueue;

            var handle = await queue.Client.StartWorkflowAsync((CargoWorkflow w) => w.RunAsync(new CargoInput(queue.Name)), options);
            await handle.SignalAsync(w => w.LoadAsync("tea", 2));
            Assert.Equal("unnamed", await handle.ExecuteUpdateAsync(w => w.RenameAsync("Ada")));
            var refused = await Assert.ThrowsAsync<WorkflowUpdateFailedException>(() => handle.ExecuteUpdateAsync(w => w.RenameAsync("")));
            Assert.Equal("a ship needs a name", refused.InnerException?.Message);
            Assert.Equal(2, await handle.QueryAsync(w => w.Weight));
            await handle.SignalAsync(w => w.DepartAsync());

            AssertCargo("Ada of 2, stamped by C#", await handle.GetResultAsync());
            await AssertReplaysAsync(await handle.FetchHistoryAsync());
        });

    private static void AssertCargo(string stamp, CargoResult result)
    {
        Assert.Equal(["tea", "tea"], result.Items);
        Assert.Equal(("Ada", stamp), (result.Name, result.Stamp));
    }

    private static async Task AssertReplaysAsync(WorkflowHistory history)
    {
        var replayer = new WorkflowReplayer(new WorkflowReplayerOptions().AddWorkflow<CargoWorkflow>());

        var exported = WorkflowHistory.FromJson(history.Id, history.ToJson());
        Assert.Null((await replayer.ReplayWorkflowAsync(exported)).ReplayFailure);
        var hasty = new WorkflowReplayer(new WorkflowReplayerOptions().AddWorkflow<HastyCargoWorkflow>());
        Assert.IsType<WorkflowNondeterminismException>((await hasty.ReplayWorkflowAsync(exported, throwOnReplayFailure: false)).ReplayFailure);
    }

    public sealed class Peers : IAsyncLifetime
    {
        private readonly ConcurrentDictionary<LiveServerKind, Task<TypeScriptPeer>> _peers = [];

        internal Task<TypeScriptPeer> HereAsync() => _peers.GetOrAdd(LiveServer.Kind, static async _ => await TypeScriptPeer.StartAsync(await LiveServer.AddressAsync()));

        public Task InitializeAsync() => Task.CompletedTask;

        public async Task DisposeAsync()
        {
            foreach (var peer in _peers.Values)
            {
                await (await peer).DisposeAsync();
            }
        }
    }
}
