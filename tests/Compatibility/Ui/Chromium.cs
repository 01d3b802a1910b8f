using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Orchestrator.Tests.Compatibility.Ui;

/// <summary>One page of a browser without a window, driven by the protocol of its developer tools.</summary>
internal sealed partial class Chromium : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(20);
    private static readonly JsonSerializerOptions Plain = JsonSerializerOptions.Web;

    private readonly Process _process;
    private readonly string _profile;
    private readonly ClientWebSocket _socket = new();
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonNode?>> _calls = [];
    private readonly ConcurrentDictionary<string, string> _urls = [];
    private readonly ConcurrentQueue<string> _failures = [];
    private readonly CancellationTokenSource _stop = new();
    private Task _receiving = Task.CompletedTask;
    private string? _session;
    private int _lastCall;

    private Chromium(Process process, string profile) => (_process, _profile) = (process, profile);

    public static string? Program { get; } =
        new[] { "chromium", "chromium-browser", "google-chrome" }
            .SelectMany(name => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, name)))
            .FirstOrDefault(File.Exists);

    /// <summary>Requests that were refused or broke off, and errors that no code of the page caught.</summary>
    public IReadOnlyList<string> Failures => [.. _failures];

    public static async Task<Chromium> StartAsync()
    {
        var profile = Directory.CreateTempSubdirectory("browser-").FullName;
        string[] arguments =
        [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
            "--window-size=1500,1100", "--remote-debugging-port=0", $"--user-data-dir={profile}", "about:blank",
        ];
        var start = new ProcessStartInfo(Program!, arguments) { RedirectStandardError = true };
        var browser = new Chromium(Process.Start(start)!, profile);
        try
        {
            await browser.ConnectAsync();
            return browser;
        }
        catch
        {
            await browser.DisposeAsync();
            throw;
        }
    }

    public async Task GoAsync(string url) => await CallAsync("Page.navigate", new { url });

    /// <summary>The value of an expression in the page, which may be a promise.</summary>
    public async Task<T?> EvaluateAsync<T>(string expression)
    {
        var answer = await CallAsync("Runtime.evaluate", new { expression, returnByValue = true, awaitPromise = true });
        return answer?["exceptionDetails"] is { } problem
            ? throw new InvalidOperationException($"{expression}\n{problem["exception"]?["description"] ?? problem["text"]}")
            : (answer?["result"]?["value"]).Deserialize<T>(Plain);
    }

    /// <summary>Writes into what has the focus, as a keyboard does.</summary>
    public Task TypeAsync(string text) => CallAsync("Input.insertText", new { text });

    /// <param name="part">What of it, in pixels of the page; everything that is visible when left out.</param>
    public async Task<byte[]> ScreenshotAsync(PagePart? part = null)
    {
        var clip = part is null ? null : new { part.X, part.Y, part.Width, part.Height, Scale = 1 };
        return Convert.FromBase64String((string)(await CallAsync("Page.captureScreenshot", new { format = "png", clip }))!["data"]!);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _receiving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _socket.Dispose();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _sending.Dispose();
        _stop.Dispose();
        Directory.Delete(_profile, recursive: true);
    }

    [GeneratedRegex(@"DevTools listening on (?<address>ws://\S+)")]
    private static partial Regex Listening();

    private async Task ConnectAsync()
    {
        await _socket.ConnectAsync(await AddressAsync(), _stop.Token);
        _receiving = ReceiveAsync();
        var target = await CallAsync("Target.createTarget", new { url = "about:blank" });
        var attached = await CallAsync("Target.attachToTarget", new { targetId = (string)target!["targetId"]!, flatten = true });
        _session = (string)attached!["sessionId"]!;
        foreach (var domain in (string[])["Page", "Runtime", "Network"])
        {
            await CallAsync($"{domain}.enable", new { });
        }
    }

    private async Task<Uri> AddressAsync()
    {
        var address = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        // Read to its end, because a full pipe would stop the browser.
        _process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is null)
            {
                address.TrySetException(new InvalidOperationException($"{Program} ended before it listened."));
            }
            else if (Listening().Match(line.Data) is { Success: true } found)
            {
                address.TrySetResult(new Uri(found.Groups["address"].Value));
            }
        };
        _process.BeginErrorReadLine();
        return await address.Task.WaitAsync(StartLimit);
    }

    private async Task<JsonNode?> CallAsync(string method, object parameters)
    {
        var id = Interlocked.Increment(ref _lastCall);
        var answer = _calls[id] = new TaskCompletionSource<JsonNode?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var message = JsonSerializer.SerializeToUtf8Bytes(new { id, method, @params = parameters, sessionId = _session }, Unset);
        await _sending.WaitAsync(_stop.Token);
        try
        {
            await _socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, _stop.Token);
        }
        finally
        {
            _sending.Release();
        }

        return await answer.Task.WaitAsync(CallLimit);
    }

    private static readonly JsonSerializerOptions Unset = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull };

    private async Task ReceiveAsync()
    {
        var buffer = new byte[64 * 1024];
        using var message = new MemoryStream();
        while (true)
        {
            var part = await _socket.ReceiveAsync(buffer, _stop.Token);
            await message.WriteAsync(buffer.AsMemory(0, part.Count));
            if (part.EndOfMessage)
            {
                Take(JsonNode.Parse(Encoding.UTF8.GetString(message.GetBuffer(), 0, (int)message.Length))!);
                message.SetLength(0);
            }
        }
    }

    private void Take(JsonNode message)
    {
        if ((int?)message["id"] is { } id && _calls.TryRemove(id, out var call))
        {
            if (message["error"] is { } error)
            {
                call.SetException(new InvalidOperationException(error.ToJsonString()));
            }
            else
            {
                call.SetResult(message["result"]?.DeepClone());
            }

            return;
        }

        var told = message["params"];
        switch ((string?)message["method"])
        {
            case "Network.requestWillBeSent":
                _urls[(string)told!["requestId"]!] = $"{told["request"]!["method"]} {told["request"]!["url"]}";
                break;
            case "Network.responseReceived" when (int)told!["response"]!["status"]! >= 400:
                _failures.Enqueue($"{_urls.GetValueOrDefault((string)told["requestId"]!)}: {told["response"]!["status"]}");
                break;
            // The page itself breaks off what it no longer needs.
            case "Network.loadingFailed" when (bool?)told!["canceled"] != true:
                _failures.Enqueue($"{_urls.GetValueOrDefault((string)told["requestId"]!)}: {told["errorText"]}");
                break;
            case "Runtime.exceptionThrown":
                _failures.Enqueue($"uncaught: {told!["exceptionDetails"]!["exception"]?["description"] ?? told["exceptionDetails"]!["text"]}");
                break;
        }
    }
}

internal sealed record PagePart(double X, double Y, double Width, double Height);
