using Dapper;
using Npgsql;
using Orchestrator.Cli.Plans;
using Orchestrator.Tests.House;
using Orchestrator.Tests.Support;
using Orchestrator.Workflows;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Status;
using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Temporalio.Exceptions;

namespace Orchestrator.Tests.Compatibility.Ui;

/// <summary>A release manager's way through one batch in nothing but the official web UI, on our service and on the official one. The manual shows its pictures.</summary>
[Collection(WebUiWalks.Name)]
public sealed class ReleaseWalkTests(WebUiBrowser browser)
{
    private const string Embedded = "embedded";
    private const string Official = "official";
    private const string Batch = "order-totals";
    private const string Environment = "staging";

    // They are made anew only on request: each run's times and ids differ.
    private static readonly string? Pictures =
        System.Environment.GetEnvironmentVariable("TEMPORAL_UI_PICTURES") == "on" ? Path.Combine(SourceTree.Root, "docs", "images") : null;

    public static TheoryData<string> Services => OfficialServer.IsAtHand ? [Embedded, Official] : [Embedded];

    [WebUiTheory]
    [MemberData(nameof(Services))]
    public async Task One_batch_is_started_watched_refused_started_again_and_kept(string service)
    {
        var stage = new Stage { TaskQueue = WorkflowIds.TaskQueue, Service = service == Official ? await OfficialServer.AddressAsync() : null };
        await stage.InitializeAsync();
        await using var ui = await WebUi.StartAsync(stage.Address);
        try
        {
            var release = await Release.PrepareAsync(stage, service == Embedded ? Pictures : null);
            await browser.WalkAsync(ui.Address, release.RefuseAsync);
            await browser.WalkAsync(ui.Address, release.KeepAsync);
        }
        finally
        {
            await stage.DisposeAsync();
        }
    }

    private sealed class Release(Stage stage, string digest, string? pictures)
    {
        private readonly WorkflowHandle<BatchWorkflow, BatchOutcome> _batch =
            stage.Client.GetWorkflowHandle<BatchWorkflow, BatchOutcome>(WorkflowIds.Batch(WorkflowIds.Program("tutorial", Environment, digest), Batch));

        /// <summary>The plan is in the ledger, and the batch that the walk is not about is done.</summary>
        public static async Task<Release> PrepareAsync(Stage stage, string? pictures)
        {
            var digest = await stage.PublishAsync(PlanFolder.Read(Path.Combine(SourceTree.Root, "plans", "tutorial")).Plan!);
            var shop = new BatchInput { Plan = digest, Environment = Environment, Batch = "shop", Requester = "ada" };
            var done = await stage.Client.ExecuteWorkflowAsync((BatchWorkflow batch) => batch.RunAsync(shop), new($"shop-{Guid.NewGuid()}", stage.TaskQueue));
            Assert.Equal(Outcome.Done, done.Outcome);
            return new Release(stage, digest, pictures);
        }

        public async Task RefuseAsync(UiPage page)
        {
            await using (await HoldCustomersAsync())
            {
                await StartAsync(page);
                await page.GoAsync($"{await WebUiStage.PathAsync(_batch)}/pending-activities");
                await page.SeesAsync("monthly report");
                await KeepPictureAsync(page, "waiting-for-a-lock");
            }

            await UntilGateAsync();
            await SayAsync(page, "no-go", """{"who": "grace", "comment": "not tonight"}""");
            Assert.Equal(Outcome.Undone, (await _batch.GetResultAsync()).Outcome);
            await page.GoAsync($"{await WebUiStage.PathAsync(_batch)}/timeline");
            await page.SeesAsync("grace (operator) said no-go: not tonight");
            await page.SeesAsync("Undo: Create the table of totals");
            await KeepPictureAsync(page, "taken-back");
            Assert.Null(await AskAsync<string>("select to_regclass('order_totals')::text"));
        }

        public async Task KeepAsync(UiPage page)
        {
            await StartAsync(page);
            await UntilGateAsync();

            await page.GoAsync($"{WebUiStage.Workflows}?query={Uri.EscapeDataString($"`Phase`=\"Gate\" AND `Plan`=\"tutorial\" AND `Environment`=\"{Environment}\"")}");
            await page.SeesAsync(_batch.Id);
            await page.GoAsync($"{await WebUiStage.PathAsync(_batch)}/user-metadata");
            await page.SeesAsync("Every order has a total: pass, 0 (wanted = 0)");
            await page.SeesAsync("Shall the totals stay?");
            await KeepPictureAsync(page, "evidence");

            await SayAsync(page, "go", """{"who": "grace", "comment": "counts agree"}""");
            Assert.Equal(Outcome.Done, (await _batch.GetResultAsync()).Outcome);
            await page.GoAsync($"{await WebUiStage.PathAsync(_batch)}/timeline");
            await page.SeesAsync("Completed");
            await page.SeesAsync("\"Done\"");
            await KeepPictureAsync(page, "done");
            Assert.Equal(200_000, await AskAsync<long>("select count(*) from order_totals"));
        }

        private async Task StartAsync(UiPage page)
        {
            await page.GoAsync($"{WebUiStage.Workflows}/start-workflow");
            await page.FillAsync("#workflowId", _batch.Id);
            await page.FillAsync("#taskQueue", stage.TaskQueue);
            await page.FillAsync("#workflowType", nameof(BatchWorkflow));
            await page.FillAsync(".cm-content", $$"""{"plan": "{{digest}}", "environment": "{{Environment}}", "batch": "{{Batch}}", "requester": "ada"}""");
            await KeepPictureAsync(page, "start");
            await page.ClickAsync("start-workflow-button");
            await Eventually.EqualAsync(true, IsRunningAsync);
        }

        private async Task<bool> IsRunningAsync()
        {
            try
            {
                return (await _batch.DescribeAsync()).Status == WorkflowExecutionStatus.Running;
            }
            catch (RpcException e) when (e.Code == RpcException.StatusCode.NotFound)
            {
                return false;
            }
        }

        private async Task SayAsync(UiPage page, string signal, string word)
        {
            await page.GoAsync(await WebUiStage.PathAsync(_batch));
            await page.ActAsync("More Actions", "signal-button");
            await page.ChooseAsync("signal-select", signal);
            await page.FillAsync("dialog[open] .cm-content", word);
            await KeepPictureAsync(page, signal);
            await page.ConfirmAsync();
        }

        private Task UntilGateAsync() => Eventually.EqualAsync(BatchPhase.Gate, async () => (await _batch.QueryAsync(b => b.Status)).Phase);

        /// <summary>Somebody reads the table for long, and the DDL has to wait.</summary>
        private async Task<NpgsqlConnection> HoldCustomersAsync()
        {
            var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(stage.Connection) { ApplicationName = "monthly report", Pooling = false }.ConnectionString);
            await connection.OpenAsync();
            await connection.ExecuteAsync("begin; select count(*) from customers");
            return connection;
        }

        private async Task<T?> AskAsync<T>(string sql)
        {
            await using var connection = new NpgsqlConnection(stage.Connection);
            return await connection.ExecuteScalarAsync<T>(sql);
        }

        private async Task KeepPictureAsync(UiPage page, string name)
        {
            if (pictures is not null)
            {
                Directory.CreateDirectory(pictures);
                await File.WriteAllBytesAsync(Path.Combine(pictures, $"temporal-ui-{name}.png"), await page.ScreenshotAsync());
            }
        }
    }
}
