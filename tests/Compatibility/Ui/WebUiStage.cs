using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Tests.Compatibility.Cli;
using Orchestrator.Tests.Support;
using TemporalDev.Server.Host;
using Temporalio.Client;

namespace Orchestrator.Tests.Compatibility.Ui;

/// <summary>Our service, or the one that <c>TEMPORAL_ADDRESS</c> names, with a worker and the official web UI on it.</summary>
public sealed class WebUiStage(WebUiBrowser browser) : IAsyncLifetime
{
    public const string Workflows = "/namespaces/default/workflows";

    private readonly Stack<IAsyncDisposable> _parts = new();
    private CliSide? _side;
    private WebUi? _ui;

    public TemporalClient Client { get; private set; } = null!;

    public string Queue => _side!.Queue;

    public async Task InitializeAsync()
    {
        if (WebUiFactAttribute.Missing is not null)
        {
            return;
        }

        var address = Environment.GetEnvironmentVariable("TEMPORAL_ADDRESS") is { Length: > 0 } named ? named : await ServeAsync();
        _parts.Push(_side = await CliSide.StartAsync(address));
        _parts.Push(_ui = await WebUi.StartAsync(address));
        Client = await TemporalClient.ConnectAsync(new(address));
    }

    public async Task DisposeAsync()
    {
        while (_parts.TryPop(out var part))
        {
            await part.DisposeAsync();
        }
    }

    public Task<WorkflowHandle> StartAsync(string kind) =>
        Client.StartWorkflowAsync("Order", [kind], new WorkflowOptions($"ui-{kind}-{Guid.NewGuid()}", Queue));

    internal Task WalkAsync(Func<UiPage, Task> walk) => browser.WalkAsync(_ui!.Address, walk);

    internal static async Task<string> PathAsync(WorkflowHandle handle) =>
        $"{Workflows}/{Uri.EscapeDataString(handle.Id)}/{(await handle.DescribeAsync()).RunId}";

    private async Task<string> ServeAsync()
    {
        var service = await EmbeddedTemporal.StartAsync(new() { SearchAttributes = OfficialServer.SearchAttributes }, NullLoggerFactory.Instance);
        _parts.Push(service);
        return service.Address;
    }
}
