using System.Collections.Immutable;
using System.Text;
using Microsoft.AspNetCore.Http;
using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Http;
using TemporalDev.Server.Http.Json;
using Temporalio.Api.WorkflowService.V1;
using static TemporalDev.Protocol.Grpc.GrpcStatusCode;

namespace Orchestrator.Tests.Server.Http;

/// <summary>One request that makes no sense, and what has to be said of it, whichever way it comes.</summary>
/// <param name="Detail">The name of the typed detail; null where none is expected.</param>
internal sealed record BadInput(string Name, string Verb, string Path, string Body, GrpcStatusCode Code, string? Detail = null)
{
    private const string Ns = "/api/v1/namespaces/default";
    private const string Start = """ "workflowType":{"name":"ByHand"},"taskQueue":{"name":"nobody"} """;

    private static string With(string more = "\"identity\":\"me\"") => $"{{{Start},{more}}}";

    public static ImmutableArray<BadInput> All { get; } =
    [
        new("an unknown namespace", "GET", "/api/v1/namespaces/nowhere/workflows", "", NotFound, "NamespaceNotFoundFailure"),
        new("a start in an unknown namespace", "POST", "/api/v1/namespaces/nowhere/workflows/w", With(), NotFound, "NamespaceNotFoundFailure"),
        new("a start without a type", "POST", $"{Ns}/workflows/w", """{"taskQueue":{"name":"nobody"}}""", InvalidArgument),
        new("a start without a queue", "POST", $"{Ns}/workflows/w", """{"workflowType":{"name":"ByHand"}}""", InvalidArgument),
        new("an id that is too long", "POST", $"{Ns}/workflows/{new string('w', 1001)}", With(), InvalidArgument),
        new("a request id that is too long", "POST", $"{Ns}/workflows/w", With($$""" "requestId":"{{new string('r', 1001)}}" """), InvalidArgument),
        new("a payload that is too large", "POST", $"{Ns}/workflows/w", With($$""" "input":["{{new string('p', 2 * 1024 * 1024)}}"] """), InvalidArgument),
        new("a negative timeout", "POST", $"{Ns}/workflows/w", With(""" "workflowRunTimeout":"-1s" """), InvalidArgument),
        new("a cron schedule that is none", "POST", $"{Ns}/workflows/w", With(""" "cronSchedule":"often" """), InvalidArgument),
        new("a retry policy that makes no sense", "POST", $"{Ns}/workflows/w", With(""" "retryPolicy":{"backoffCoefficient":0.5} """), InvalidArgument),
        new("an unknown search attribute", "POST", $"{Ns}/workflows/w", With(""" "searchAttributes":{"indexedFields":{"Bogus":"x"}} """), InvalidArgument),
        new("a search attribute of another type", "POST", $"{Ns}/workflows/w", With(""" "searchAttributes":{"indexedFields":{"Rows":"many"}} """), InvalidArgument),
        new("a query that is none", "GET", $"{Ns}/workflows?query=bogus%20x", "", InvalidArgument),
        new("a query for an unknown attribute", "GET", $"{Ns}/workflow-count?query=Bogus%3D1", "", InvalidArgument),
        new("a page token that is none", "GET", $"{Ns}/workflows/{{id}}/history?nextPageToken=AAAA", "", InvalidArgument),
        new("a description of nothing", "GET", $"{Ns}/workflows/nothing", "", NotFound, "NotFoundFailure"),
        new("the history of nothing", "GET", $"{Ns}/workflows/nothing/history", "", NotFound, "NotFoundFailure"),
        new("a signal to nothing", "POST", $"{Ns}/workflows/nothing/signal/go", "{}", NotFound, "NotFoundFailure"),
        new("a query of nothing", "POST", $"{Ns}/workflows/nothing/query/status", "{}", NotFound, "NotFoundFailure"),
        new("an update of nothing", "POST", $"{Ns}/workflows/nothing/update/set", """{"request":{"meta":{}}}""", NotFound, "NotFoundFailure"),
        new("an update that has no place for its id", "POST", $"{Ns}/workflows/{{id}}/update/set", "{}", InvalidArgument),
        new("an update that nobody waits for", "POST", $"{Ns}/workflows/{{id}}/update/set", """{"request":{"meta":{}},"waitPolicy":{"lifecycleStage":1}}""", PermissionDenied, "PermissionDeniedFailure"),
        new("activity options without a mask", "POST", $"{Ns}/activities-deprecated/update-options", """{"execution":{"workflowId":"{id}"},"id":"a","activityOptions":{}}""", InvalidArgument),
        new("activity options with an empty mask", "POST", $"{Ns}/workflows/{{id}}/activities/a/update-options", """{"activityOptions":{},"updateMask":""}""", InvalidArgument),
        new("options of an activity that is not there", "POST", $"{Ns}/workflows/{{id}}/activities/a/update-options", """{"activityOptions":{},"updateMask":"heartbeatTimeout"}""", NotFound, "NotFoundFailure"),
        new("an end of nothing", "POST", $"{Ns}/workflows/nothing/terminate", "{}", NotFound, "NotFoundFailure"),
        new("a run id that is none", "GET", $"{Ns}/workflows/{{id}}?execution.runId=third", "", InvalidArgument),
        new("a run that is not there", "GET", $"{Ns}/workflows/{{id}}?execution.runId=00000000-0000-0000-0000-000000000000", "", NotFound, "NotFoundFailure"),
        new("a reset to no event", "POST", $"{Ns}/workflows/{{id}}/reset", """{"workflowTaskFinishEventId":"99"}""", InvalidArgument),
        new("a task token that is none", "POST", $"{Ns}/activity-complete", """{"taskToken":"eHh4"}""", InvalidArgument),
        new("a result without a token", "POST", $"{Ns}/activity-complete", "{}", InvalidArgument),
        new("an activity that is not there", "POST", $"{Ns}/workflows/{{id}}/activities/a/complete", "{}", NotFound, "NotFoundFailure"),
        new("a second start", "POST", $"{Ns}/workflows/{{id}}", With(), AlreadyExists, "WorkflowExecutionAlreadyStartedFailure"),
        new("a second namespace of a name", "POST", "/api/v1/namespaces", """{"namespace":"default","workflowExecutionRetentionPeriod":"86400s"}""", AlreadyExists, "NamespaceAlreadyExistsFailure"),
        new("a namespace without retention", "POST", "/api/v1/namespaces", """{"namespace":"brief"}""", InvalidArgument),
        new("a namespace that keeps nothing", "POST", "/api/v1/namespaces", """{"namespace":"brief","workflowExecutionRetentionPeriod":"3599s"}""", InvalidArgument),
        new("a namespace that is to keep nothing", "POST", $"{Ns}/update", """{"config":{"workflowExecutionRetentionTtl":"-5s"}}""", InvalidArgument),
        new("a queue with a reserved name", "POST", $"{Ns}/workflows/w", """{"workflowType":{"name":"ByHand"},"taskQueue":{"name":"/_sys/nobody/1"}}""", InvalidArgument),
        new("a signal and start on a queue with a reserved name", "POST", $"{Ns}/workflows/w/signal-with-start/go", """{"workflowType":{"name":"ByHand"},"taskQueue":{"name":"/_sys/nobody"}}""", InvalidArgument),
        new("a type with a zero character", "POST", $"{Ns}/workflows/w", """{"workflowType":{"name":"By\u0000Hand"},"taskQueue":{"name":"nobody"}}""", InvalidArgument),
        new("a type that is too long", "POST", $"{Ns}/workflows/w", $$"""{"workflowType":{"name":"{{new string('t', 1001)}}"},"taskQueue":{"name":"nobody"} }""", InvalidArgument),
        new("a start that is pinned to nothing", "POST", $"{Ns}/workflows/w", With(""" "versioningOverride":{} """), InvalidArgument),
        new("a start that is pinned to a version", "POST", $"{Ns}/workflows/w", With(""" "versioningOverride":{"pinned":{"behavior":1,"version":{"deploymentName":"d","buildId":"b"}}} """), Unimplemented),
        new("two policies for one id", "POST", $"{Ns}/workflows/w", With(""" "workflowIdReusePolicy":4,"workflowIdConflictPolicy":2 """), InvalidArgument),
        new("a delay before a cron schedule", "POST", $"{Ns}/workflows/w", With(""" "cronSchedule":"* * * * *","workflowStartDelay":"5s" """), InvalidArgument),
        new("a memo that is too large", "POST", $"{Ns}/workflows/w", With($$""" "memo":{"fields":{"a":"{{new string('m', 2 * 1024 * 1024)}}"} } """), InvalidArgument),
        new("a signal whose name is too long", "POST", $"{Ns}/workflows/{{id}}/signal/{new string('s', 1001)}", "{}", InvalidArgument),
        new("a signal and start without a signal", "POST", $"{Ns}/workflows/w/signal-with-start/%20", """{"taskQueue":{"name":"nobody"}}""", InvalidArgument),
        new("a heartbeat of nothing", "POST", $"{Ns}/workflows/{{id}}/activities/a/heartbeat", "{}", NotFound, "NotFoundFailure"),
        new("a heartbeat without a token", "POST", $"{Ns}/activity-heartbeat", "{}", InvalidArgument),
        new("a schedule that is not there", "GET", $"{Ns}/schedules/nothing", "", NotFound, "NotFoundFailure"),
        new("a schedule that starts nothing", "POST", $"{Ns}/schedules/s", """{"schedule":{}}""", InvalidArgument),
        new("an order in a count", "GET", $"{Ns}/workflow-count?query=ORDER%20BY%20StartTime", "", InvalidArgument),
        new("groups in a list", "GET", $"{Ns}/workflows?query=GROUP%20BY%20WorkflowType", "", InvalidArgument),
        new("a namespace that is not there to change", "POST", "/api/v1/namespaces/nowhere/update", "{}", NotFound, "NamespaceNotFoundFailure"),
        new("a namespace whose name is too long", "POST", "/api/v1/namespaces", $$"""{"namespace":"{{new string('n', 1001)}}","workflowExecutionRetentionPeriod":"86400s"}""", InvalidArgument),
        new("a method that is not served", "GET", $"{Ns}/nexus-operations", "", Unimplemented),
    ];
}

public sealed class BadInputTests(HttpFixture server) : IClassFixture<HttpFixture>
{
    public static TheoryData<string> Names => [.. BadInput.All.Select(input => input.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task It_is_refused_alike_over_both_and_changes_nothing(string name)
    {
        var id = $"open-{Guid.NewGuid()}";
        await server.PostAsync($"/api/v1/namespaces/default/workflows/{id}", """{"workflowType":{"name":"ByHand"},"taskQueue":{"name":"nobody"}}""");
        var before = await server.GetAsync($"/api/v1/namespaces/default/workflows/{id}");
        var input = BadInput.All.Single(each => each.Name == name);
        input = input with { Path = input.Path.Replace("{id}", id, StringComparison.Ordinal) };

        var overHttp = await OverHttpAsync(input);
        var overGrpc = await OverGrpcAsync(input);

        Assert.Equal((input.Code, input.Detail), overHttp);
        Assert.Equal((input.Code, input.Detail), overGrpc);
        Assert.Equal(before.Text, (await server.GetAsync($"/api/v1/namespaces/default/workflows/{id}")).Text);
        Assert.Equal(404, (await server.GetAsync("/api/v1/namespaces/default/workflows/w")).Status);
    }

    private async Task<(GrpcStatusCode, string?)> OverHttpAsync(BadInput input)
    {
        var answer = input.Verb == "GET" ? await server.GetAsync(input.Path) : await server.PostAsync(input.Path, input.Body);
        var code = (GrpcStatusCode)answer.Json.GetProperty("code").GetInt32();
        Assert.Equal(HttpStatus.Code(code), answer.Status);
        return (code, answer.Json.TryGetProperty("details", out var details) ? details[0].GetProperty("@type").GetString()!.Split('.')[^1] : null);
    }

    /// <summary>The same request as a message; the annotations say which.</summary>
    private async Task<(GrpcStatusCode, string?)> OverGrpcAsync(BadInput input)
    {
        var split = input.Path.Split('?');
        var match = new HttpRouter([ServiceReflection.Descriptor.Services[0]]).Find(input.Verb, split[0]);
        var parameters = new DefaultHttpContext { Request = { QueryString = new QueryString(split.Length > 1 ? "?" + split[1] : "") } }.Request.Query;
        var request = RequestBinding.Bind(match, Encoding.UTF8.GetBytes(input.Body), new JsonContent(JsonShape.Shorthand, IsPretty: false), parameters);
        using var channel = new GrpcChannel(new GrpcChannelOptions { Address = server.Address });
        var refusal = await Assert.ThrowsAsync<GrpcException>(() => channel.UnaryAsync(
            new GrpcMethod<DescribeNamespaceResponse>(match.Route.Method.Service.FullName, match.Route.Method.Name, DescribeNamespaceResponse.Parser), request));
        return (refusal.Code, refusal.Details.Count > 0 ? refusal.Details[0].TypeUrl.Split('.')[^1] : null);
    }
}
