using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Http;
using TemporalDev.Server.Http.Json;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.WorkflowService.V1;

namespace Orchestrator.Tests.Server.Http;

public sealed class MessageJsonTests
{
    [Fact]
    public void Scalars_are_written_by_the_rules_of_protobuf()
    {
        var message = new HistoryEvent
        {
            EventId = long.MaxValue,
            EventType = EventType.TimerStarted,
            EventTime = new Timestamp { Seconds = 1, Nanos = 500_000_000 },
            TimerStartedEventAttributes = new() { TimerId = "é<t>", StartToFireTimeout = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(1500)) },
        };

        Assert.Equal(
            """{"eventId":"9223372036854775807","eventTime":"1970-01-01T00:00:01.500Z","eventType":"EVENT_TYPE_TIMER_STARTED","timerStartedEventAttributes":{"timerId":"é<t>","startToFireTimeout":"1.500s"}}""",
            Write(message));
    }

    [Theory]
    [InlineData("""{"workflowIdReusePolicy":"WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE"}""")]
    [InlineData("""{"workflowIdReusePolicy":"RejectDuplicate"}""")]
    [InlineData("""{"workflow_id_reuse_policy":3}""")]
    [InlineData("""{"workflowIdReusePolicy":"3"}""")]
    public void Enums_are_read_by_their_long_name_their_short_name_and_their_number(string json) =>
        Assert.Equal(WorkflowIdReusePolicy.RejectDuplicate, Read<StartWorkflowExecutionRequest>(json).WorkflowIdReusePolicy);

    [Theory]
    [InlineData("""{"initiatedEventId":"12","data":{"x":"AQID","y":"-_8"},"at":1}""", "at")]
    [InlineData("""{"historyEventFilterType":"Bogus"}""", "history_event_filter_type")]
    [InlineData("""{"maximumPageSize":"ten"}""", "maximum_page_size")]
    [InlineData("""{"maximumPageSize":1.5}""", "maximum_page_size")]
    [InlineData("""{"waitNewEvent":"true"}""", "wait_new_event")]
    [InlineData("""{"execution":"w"}""", "WorkflowExecution")]
    [InlineData("""[]""", "GetWorkflowExecutionHistoryRequest")]
    public void What_does_not_fit_is_refused_by_name(string json, string named)
    {
        var refusal = Assert.Throws<GrpcException>(() => Read<GetWorkflowExecutionHistoryRequest>(json));

        Assert.Equal(GrpcStatusCode.InvalidArgument, refusal.Code);
        Assert.Contains(named == "at" ? "initiatedEventId" : named, refusal.Message);
    }

    [Fact]
    public void Two_members_of_a_oneof_exclude_each_other() =>
        Assert.Throws<GrpcException>(() => Read<HistoryEvent>("""{"timerStartedEventAttributes":{},"timerFiredEventAttributes":{}}"""));

    [Fact]
    public void Payloads_are_the_values_they_hold()
    {
        const string Json = """{"input":[1,"a",{"b":null},[true],{"metadata":{"encoding":"YmluYXJ5L251bGw="}},{"_protoMessageType":"a.B","c":9007199254740993}]}""";

        var read = Read<StartWorkflowExecutionRequest>(Json);

        Assert.Equal(
            ["json/plain 1", "json/plain \"a\"", "json/plain {\"b\":null}", "json/plain [true]", "binary/null ", "json/protobuf {\"c\":9007199254740993}"],
            read.Input.Payloads_.Select(payload => $"{payload.Metadata["encoding"].ToStringUtf8()} {payload.Data.ToStringUtf8()}"));
        Assert.Equal("a.B", read.Input.Payloads_[5].Metadata["messageType"].ToStringUtf8());
        Assert.Equal(Json, Write(read));
    }

    [Theory]
    [InlineData("""{"metadata":{"encoding":"anNvbi9wbGFpbg==","type":"S2V5d29yZA=="},"data":"Imt3Ig=="}""")]
    [InlineData("""{"metadata":{"encoding":"YmluYXJ5L3BsYWlu"},"data":"AQID"}""")]
    [InlineData("""{"metadata":{"encoding":"anNvbi9wbGFpbg=="},"data":"e2Jyb2tlbg=="}""")]
    public void A_payload_that_no_value_describes_keeps_its_long_form(string json)
    {
        var read = Read<Memo>($$$"""{"fields":{"m":{{{json}}}}}""");

        Assert.Equal($$$"""{"fields":{"m":{{{json}}}}}""", Write(read));
    }

    [Theory]
    [InlineData("""{"metadata":{"encoding":"anNvbi9wbGFpbg=="},"data":"MQ==","more":3}""")]
    [InlineData("""{"metadata":{"a":3}}""")]
    [InlineData("""{"metadata":{"encoding":"!"},"data":"MQ=="}""")]
    public void A_value_that_only_resembles_a_payload_is_a_value(string json)
    {
        var read = Read<Memo>($$$"""{"fields":{"m":{{{json}}}}}""");

        Assert.Equal(json, read.Fields["m"].Data.ToStringUtf8());
    }

    [Fact]
    public void Without_shorthand_payloads_are_messages_like_others()
    {
        var plain = new JsonContent(JsonShape.Plain, IsPretty: false);
        const string Json = """{"payloads":[{"metadata":{"encoding":"anNvbi9wbGFpbg=="},"data":"MQ=="}]}""";

        Assert.Equal(Json, Write(Read<Payloads>(Json, JsonShape.Plain), plain));
        Assert.Throws<GrpcException>(() => Read<Payloads>("[1]", JsonShape.Plain));
    }

    private static string Write(IMessage message, JsonContent? content = null) =>
        Encoding.UTF8.GetString(MessageWriter.ToBytes(message, content ?? new JsonContent(JsonShape.Shorthand, IsPretty: false)));

    private static T Read<T>(string json, JsonShape shape = JsonShape.Shorthand)
        where T : IMessage, new()
    {
        var message = new T();
        new MessageReader(shape).Read(JsonDocument.Parse(json).RootElement, message);
        return message;
    }
}
