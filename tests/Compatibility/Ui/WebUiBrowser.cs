namespace Orchestrator.Tests.Compatibility.Ui;

/// <summary>One browser for all walks, which take turns in it.</summary>
public sealed class WebUiBrowser : IAsyncLifetime
{
    private Chromium? _browser;

    public async Task InitializeAsync() => _browser = WebUiFactAttribute.Missing is null ? await Chromium.StartAsync() : null;

    public async Task DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }
    }

    /// <summary>Walks through the UI at an address; at the end no request may have failed.</summary>
    internal async Task WalkAsync(string address, Func<UiPage, Task> walk)
    {
        var failedBefore = _browser!.Failures.Count;
        try
        {
            await walk(new UiPage(_browser, address));
        }
        catch (Exception)
        {
            await File.WriteAllBytesAsync(Path.Combine(Path.GetTempPath(), $"web-ui-{Environment.ProcessId}.png"), await _browser.ScreenshotAsync());
            throw;
        }

        Assert.Empty(_browser.Failures.Skip(failedBefore));
    }
}

[CollectionDefinition(Name)]
public sealed class WebUiWalks : ICollectionFixture<WebUiBrowser>
{
    public const string Name = "web ui";
}

/// <summary>A test of the official web UI in a browser, skipped where one of them is missing.</summary>
public sealed class WebUiFactAttribute : FactAttribute
{
    public WebUiFactAttribute()
    {
        Timeout = 180_000;
        Skip = Missing;
    }

    public static string? Missing { get; } =
        WebUi.Program is null ? "not at hand: the official web UI (TEMPORAL_UI)"
        : Chromium.Program is null ? "not at hand: Chromium on the PATH"
        : null;
}

public sealed class WebUiTheoryAttribute : TheoryAttribute
{
    public WebUiTheoryAttribute()
    {
        Timeout = 300_000;
        Skip = WebUiFactAttribute.Missing;
    }
}
