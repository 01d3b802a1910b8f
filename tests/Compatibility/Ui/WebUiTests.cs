using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Tests.Compatibility.Cli;
using Orchestrator.Tests.Support;
using TemporalDev.Server.Host;
using Temporalio.Client;

namespace Orchestrator.Tests.Compatibility.Ui;

/// <summary>The official web UI on our service, in a real browser: pages show what they should, and no request fails.</summary>
public sealed class WebUiTests(WebUiTests.Stage stage) : IClassFixture<WebUiTests.Stage>
{
    private const string Workflows = "/namespaces/default/workflows";

    [WebUiFact]
    public Task Namespaces_are_listed_and_described() => stage.WalkAsync(async page =>
    {
        await page.GoAsync("/namespaces");
        await page.SeesAsync("default");
        await page.GoAsync("/namespaces/default");
        await page.SeesAsync("Retention Period");
        await page.SeesAsync("CustomKeywordField");
    });

    [WebUiFact]
    public Task The_list_is_filtered() => stage.WalkAsync(async page =>
    {
        var running = await stage.StartAsync("wait");
        var done = await stage.StartAsync("quick");
        await done.GetResultAsync<string>();

        await page.GoAsync($"{Workflows}?query={Uri.EscapeDataString("`ExecutionStatus`=\"Running\"")}");
        await page.SeesAsync(running.Id);
        await page.SeesNoMoreAsync(done.Id);
        await page.GoAsync($"{Workflows}?query={Uri.EscapeDataString($"`WorkflowId`=\"{done.Id}\"")}");
        await page.SeesAsync(done.Id);
        await page.SeesAsync("Completed");
    });

    [WebUiFact]
    public Task A_workflow_is_started_by_the_form() => stage.WalkAsync(async page =>
    {
        var id = $"form-{Guid.NewGuid()}";
        await page.GoAsync($"{Workflows}/start-workflow");
        await page.FillAsync("#workflowId", id);
        await page.FillAsync("#taskQueue", stage.Queue);
        await page.FillAsync("#workflowType", "Order");
        await page.FillAsync(".cm-content", "\"quick\"");
        await page.ClickAsync("Start Workflow");

        await page.GoAsync($"{Workflows}?query={Uri.EscapeDataString($"`WorkflowId`=\"{id}\"")}");
        await page.SeesAsync(id);
        Assert.Equal("done", await stage.Client.GetWorkflowHandle(id).GetResultAsync<string>());
    });

    [WebUiFact]
    public Task History_is_shown_in_each_of_its_views() => stage.WalkAsync(async page =>
    {
        var run = await stage.StartAsync("activity");
        await page.GoAsync($"{await stage.PathAsync(run)}/history");
        await page.SeesAsync("Deliver");
        await page.ClickAsync("All");
        await page.SeesAsync("Workflow Task Completed");
        await page.ClickAsync("Compact");
        await page.SeesAsync("Deliver");
        await page.ClickAsync("JSON");
        await page.SeesAsync("\"eventType\": \"WorkflowExecutionStarted\"");
        await page.GoAsync($"{await stage.PathAsync(run)}/timeline");
        await page.SeesAsync("Deliver");
    });

    public sealed class Stage : IAsyncLifetime
    {
        private EmbeddedTemporal? _service;
        private CliSide? _side;
        private WebUi? _ui;
        private Chromium? _browser;

        public TemporalClient Client { get; private set; } = null!;

        public string Queue => _side!.Queue;

        public async Task InitializeAsync()
        {
            if (WebUiFactAttribute.Missing is not null)
            {
                return;
            }

            _service = await EmbeddedTemporal.StartAsync(new() { SearchAttributes = OfficialServer.SearchAttributes }, NullLoggerFactory.Instance);
            _side = await CliSide.StartAsync(_service.Address);
            Client = await TemporalClient.ConnectAsync(new(_service.Address));
            _ui = await WebUi.StartAsync(_service.Address);
            _browser = await Chromium.StartAsync();
        }

        public async Task DisposeAsync()
        {
            foreach (var part in new IAsyncDisposable?[] { _browser, _ui, _side, _service }.OfType<IAsyncDisposable>())
            {
                await part.DisposeAsync();
            }

        }

        public Task<WorkflowHandle> StartAsync(string kind) =>
            Client.StartWorkflowAsync("Order", [kind], new WorkflowOptions($"ui-{kind}-{Guid.NewGuid()}", Queue));

        internal async Task<string> PathAsync(WorkflowHandle handle) =>
            $"{Workflows}/{Uri.EscapeDataString(handle.Id)}/{(await handle.DescribeAsync()).RunId}";

        internal async Task WalkAsync(Func<UiPage, Task> walk)
        {
            var failedBefore = _browser!.Failures.Count;
            try
            {
                await walk(new UiPage(_browser, _ui!.Address));
            }
            catch (Exception)
            {
                await File.WriteAllBytesAsync(Path.Combine(Path.GetTempPath(), $"web-ui-{Environment.ProcessId}.png"), await _browser.ScreenshotAsync());
                throw;
            }

            Assert.Empty(_browser.Failures.Skip(failedBefore));
        }
    }
}

/// <summary>A test of the official web UI in a browser, skipped where one of them is missing.</summary>
public sealed class WebUiFactAttribute : FactAttribute
{
    public WebUiFactAttribute()
    {
        Timeout = 180_000;
        Skip = Missing;
    }

    public static string? Missing =>
        WebUi.Program is null ? "not at hand: the official web UI (TEMPORAL_UI)"
        : Chromium.Program is null ? "not at hand: Chromium on the PATH"
        : null;
}
