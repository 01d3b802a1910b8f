using System.Net;
using System.Text.Json;
using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Http;

namespace Orchestrator.Tests.Server.Http;

public sealed class HttpApiTests(HttpFixture server) : IClassFixture<HttpFixture>
{
    private const string Workflows = "/api/v1/namespaces/default/workflows";
    private const string Start = """{"workflowType":{"name":"ByHand"},"taskQueue":{"name":"nobody"},"input":[{"a":1}]}""";

    [Fact]
    public async Task A_workflow_is_started_signalled_and_read_with_plain_values()
    {
        var id = await StartAsync();

        var signalled = await server.PostAsync($"{Workflows}/{id}/signal/go", """{"input":["now"],"identity":"me"}""");
        var history = await server.GetAsync($"{Workflows}/{id}/history");

        Assert.Equal(200, signalled.Status);
        var events = history.Json.GetProperty("history").GetProperty("events");
        Assert.Equal("""[{"a":1}]""", events[0].GetProperty("workflowExecutionStartedEventAttributes").GetProperty("input").GetRawText());
        Assert.Equal("""["now"]""", events[2].GetProperty("workflowExecutionSignaledEventAttributes").GetProperty("input").GetRawText());
    }

    [Fact]
    public async Task Every_binding_of_a_method_leads_to_it()
    {
        var current = await server.GetAsync("/api/v1/namespaces/default");
        var old = await server.GetAsync("/cluster/namespaces/default");

        Assert.Equal("default", current.Json.GetProperty("namespaceInfo").GetProperty("name").GetString());
        Assert.Equal(current.Text, old.Text);
    }

    [Theory]
    [InlineData("maximumPageSize=1")]
    [InlineData("maximum_page_size=1&unknown=2")]
    [InlineData("maximumPageSize=1&execution.workflowId=other")]
    public async Task Parameters_fill_fields_and_the_path_wins(string parameters)
    {
        var id = await StartAsync();

        var page = await server.GetAsync($"{Workflows}/{id}/history?{parameters}");

        Assert.Equal(200, page.Status);
        Assert.NotEqual(0, page.Json.GetProperty("history").GetProperty("events").GetArrayLength());
    }

    [Theory]
    [InlineData("pageSize=x", "page_size")]
    [InlineData("pageSize=1&pageSize=2", "page_size")]
    [InlineData("pageSize=1.5", "page_size")]
    [InlineData("nextPageToken=%21%21", "next_page_token")]
    public async Task A_parameter_that_does_not_fit_is_refused_by_name(string parameters, string field)
    {
        var refusal = await server.GetAsync($"{Workflows}?{parameters}");

        Assert.Equal(400, refusal.Status);
        Assert.Contains(field, Message(refusal, code: 3));
    }

    [Fact]
    public async Task A_parameter_that_is_no_value_of_its_enum_is_refused()
    {
        var refusal = await server.GetAsync($"{Workflows}/{await StartAsync()}/history?historyEventFilterType=7");

        Assert.Equal(400, refusal.Status);
        Assert.Contains("history_event_filter_type", Message(refusal, code: 3));
    }

    [Fact]
    public async Task A_start_by_signal_without_a_request_id_gets_one_for_both()
    {
        var id = Guid.NewGuid().ToString();

        var started = await server.PostAsync($"{Workflows}/{id}/signal-with-start/go", """{"workflowType":{"name":"ByHand"},"taskQueue":{"name":"nobody"}}""");
        var events = (await server.GetAsync($"{Workflows}/{id}/history")).Json.GetProperty("history").GetProperty("events");

        var link = started.Json.GetProperty("signalLink").GetProperty("workflowEvent").GetProperty("requestIdRef").GetProperty("requestId").GetString();
        Assert.Equal(link, events[1].GetProperty("workflowExecutionSignaledEventAttributes").GetProperty("requestId").GetString());
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("é ?%25+")]
    [InlineData("w1:cancel")]
    public async Task An_id_may_hold_every_character(string name)
    {
        var id = $"{name}-{Guid.NewGuid()}";
        var path = $"{Workflows}/{Uri.EscapeDataString(id)}";

        await server.PostAsync(path, Start);
        var described = await server.GetAsync(path);

        Assert.Equal(id, described.Json.GetProperty("workflowExecutionInfo").GetProperty("execution").GetProperty("workflowId").GetString());
    }

    [Theory]
    [InlineData("application/json", "application/json", false, true)]
    [InlineData("*/*", "application/json", false, true)]
    [InlineData("application/json+pretty", "application/json+pretty", true, true)]
    [InlineData("application/json+no-payload-shorthand", "application/json+no-payload-shorthand", false, false)]
    [InlineData("application/json+pretty+no-payload-shorthand", "application/json+pretty+no-payload-shorthand", true, false)]
    public async Task The_caller_chooses_the_form_of_the_reply(string accept, string mediaType, bool pretty, bool shorthand)
    {
        var id = await StartAsync();

        var history = await server.GetAsync($"{Workflows}/{id}/history", accept);

        Assert.Equal(mediaType, history.MediaType);
        Assert.Equal(pretty, history.Text.StartsWith("{\n  \"history\"", StringComparison.Ordinal));
        var input = history.Json.GetProperty("history").GetProperty("events")[0].GetProperty("workflowExecutionStartedEventAttributes").GetProperty("input");
        Assert.Equal(shorthand, input.ValueKind == JsonValueKind.Array);
    }

    [Fact]
    public async Task A_refusal_has_the_code_the_sentence_and_the_typed_detail()
    {
        var unknown = await server.GetAsync("/api/v1/namespaces/nowhere");

        Assert.Equal(404, unknown.Status);
        Assert.Contains("nowhere", Message(unknown, code: 5));
        var detail = unknown.Json.GetProperty("details")[0];
        Assert.Equal("type.googleapis.com/temporal.api.errordetails.v1.NamespaceNotFoundFailure", detail.GetProperty("@type").GetString());
        Assert.Equal("nowhere", detail.GetProperty("namespace").GetString());
    }

    [Theory]
    [InlineData("GET", "/nowhere", 404, 5)]
    [InlineData("GET", "/api/v1/namespaces/default/", 404, 5)]
    [InlineData("PUT", "/api/v1/namespaces/default", 501, 12)]
    [InlineData("GET", "/api/v1/namespaces/default/nexus-operations", 501, 12)]
    public async Task What_is_not_there_is_refused(string verb, string path, int status, int code)
    {
        var refusal = await server.SendAsync(new HttpRequestMessage(new HttpMethod(verb), path));

        Assert.Equal(status, refusal.Status);
        Message(refusal, code);
    }

    [Theory]
    [InlineData("{\"workflowType\":")]
    [InlineData("[]")]
    [InlineData("{\"bogus\":1}")]
    [InlineData("{\"identity\":\"a\",\"identity\":\"b\"}")]
    [InlineData("{\"workflowType\":{},\"workflow_type\":{}}")]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{\"identity\":\"\\ud800\"}")]
    [InlineData("{\"identity\":\"a\"} and more")]
    public async Task A_body_that_is_no_request_is_refused(string body)
    {
        var refusal = await server.PostAsync($"{Workflows}/{Guid.NewGuid()}", body);

        Assert.Equal(400, refusal.Status);
        Message(refusal, code: 3);
    }

    [Fact]
    public async Task A_body_that_is_not_UTF_8_is_refused()
    {
        using var body = new ByteArrayContent([.. "{\"identity\":\""u8, 0xFF, .. "\"}"u8]);

        var refusal = await server.SendAsync(new HttpRequestMessage(HttpMethod.Post, $"{Workflows}/{Guid.NewGuid()}") { Content = body });

        Assert.Equal((int)HttpStatusCode.BadRequest, refusal.Status);
        Assert.Contains("UTF-8", Message(refusal, code: 3));
    }

    [Theory]
    [InlineData("a%zz")]
    [InlineData("a%2")]
    [InlineData("%")]
    [InlineData("%ff%fe")]
    public void A_path_that_does_not_decode_is_refused(string segment)
    {
        var refusal = Assert.Throws<GrpcException>(() => PathText.Decode(segment));

        Assert.Equal(GrpcStatusCode.InvalidArgument, refusal.Code);
    }

    [Fact]
    public async Task A_timeout_that_is_none_is_refused()
    {
        var refusal = await server.SendAsync(new HttpRequestMessage(HttpMethod.Get, Workflows) { Headers = { { "Grpc-Timeout", "soon" } } });

        Assert.Equal((int)HttpStatusCode.BadRequest, refusal.Status);
        Assert.Contains("soon", Message(refusal, code: 3));
    }

    [Fact]
    public async Task An_end_that_nobody_has_signed_says_where_it_came_from()
    {
        var id = Guid.NewGuid();
        await server.PostAsync($"{Workflows}/{id}", """{"workflowType":{"name":"ByHand"},"taskQueue":{"name":"nobody"}}""");

        await server.PostAsync($"{Workflows}/{id}/terminate", "{}");

        var history = await server.GetAsync($"{Workflows}/{id}/history");
        var end = history.Json.GetProperty("history").GetProperty("events").EnumerateArray().Last().GetProperty("workflowExecutionTerminatedEventAttributes");
        Assert.Equal(("terminated by user via frontend", "frontend-service"), (end.GetProperty("reason").GetString(), end.GetProperty("identity").GetString()));
    }

    [Fact]
    public async Task A_body_over_the_limit_is_refused_before_it_is_parsed()
    {
        var refusal = await server.PostAsync($"{Workflows}/{Guid.NewGuid()}", $$"""{"identity":"{{new string('a', 5_000_000)}}"}""");

        Assert.Equal((int)HttpStatusCode.BadRequest, refusal.Status);
        Assert.Equal("http: request body too large", Message(refusal, code: 3));
    }

    [Fact]
    public async Task A_page_of_another_site_may_not_call()
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/namespaces") { Headers = { { "Origin", "https://elsewhere.example" } } };

        var refusal = await server.SendAsync(request);

        Assert.Equal(403, refusal.Status);
        Message(refusal, code: 7);
    }

    [Fact]
    public async Task Figures_count_calls_runs_and_waiting_tasks()
    {
        var queue = $"queue-{Guid.NewGuid()}";
        await server.PostAsync($"{Workflows}/{Guid.NewGuid()}", $$$"""{"workflowType":{"name":"ByHand"},"taskQueue":{"name":"{{{queue}}}"}}""");

        using var http = new HttpClient();
        var lines = (await http.GetStringAsync(server.Metrics)).Split('\n');

        Assert.Contains($"approximate_backlog_count{{namespace=\"default\",taskqueue=\"{queue}\",task_type=\"Workflow\"}} 1", lines);
        Assert.Contains(lines, line => line.StartsWith("service_requests_total{operation=\"StartWorkflowExecution\",status=\"Ok\"} ", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("service_latency_seconds_bucket{operation=\"StartWorkflowExecution\",le=\"+Inf\"} ", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("workflow_executions{namespace=\"default\",status=\"Running\"} ", StringComparison.Ordinal));
    }

    private static string Message(HttpAnswer refusal, int code)
    {
        Assert.Equal(code, refusal.Json.GetProperty("code").GetInt32());
        return refusal.Json.GetProperty("message").GetString()!;
    }

    private async Task<string> StartAsync()
    {
        var id = Guid.NewGuid().ToString();
        var started = await server.PostAsync($"{Workflows}/{id}", Start);
        Assert.Equal(200, started.Status);
        return id;
    }
}
