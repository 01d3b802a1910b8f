using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using TemporalDev.Server.Host;
using Temporalio.Api.Enums.V1;

namespace Orchestrator.Tests.Server.Http;

/// <summary>The service in memory with all its ports.</summary>
public sealed class HttpFixture : IAsyncLifetime
{
    private static readonly HttpClient Http = new();
    private static readonly Dictionary<string, IndexedValueType> Attributes = new() { ["Rows"] = IndexedValueType.Int };
    private EmbeddedTemporal? _server;

    public string Address => _server!.Address;

    public Uri Metrics => new($"http://{_server!.MetricsAddress}/metrics");

    public async Task InitializeAsync()
    {
        _server = await EmbeddedTemporal.StartAsync(new TemporalOptions { HttpPort = 0, MetricsPort = 0, SearchAttributes = Attributes }, NullLoggerFactory.Instance);
    }

    public Task DisposeAsync() => _server!.DisposeAsync().AsTask();

    public Task<HttpAnswer> GetAsync(string path, string? accept = null) => SendAsync(new HttpRequestMessage(HttpMethod.Get, path), accept);

    public Task<HttpAnswer> PostAsync(string path, string body, string contentType = "application/json") => SendAsync(
        new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = MediaTypeHeaderValue.Parse(contentType) } } });

    public async Task<HttpAnswer> SendAsync(HttpRequestMessage request, string? accept = null)
    {
        if (accept is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept", accept);
        }

        request.RequestUri = new Uri(new Uri($"http://{_server!.HttpAddress}"), request.RequestUri!);
        using var response = await Http.SendAsync(request);
        return new HttpAnswer((int)response.StatusCode, response.Content.Headers.ContentType?.ToString() ?? "", await response.Content.ReadAsStringAsync());
    }
}

public sealed record HttpAnswer(int Status, string MediaType, string Text)
{
    public JsonElement Json => JsonDocument.Parse(Text).RootElement;
}
