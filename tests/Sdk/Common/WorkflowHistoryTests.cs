using Temporalio.Api.Enums.V1;
using Temporalio.Common;

namespace Orchestrator.Tests.Sdk.Common;

public sealed class WorkflowHistoryTests
{
    // As older tools and web interfaces export it: enum values without their prefix, and fields that nobody knows.
    private const string OldJson = """
        {
          "events": [
            {
              "eventId": "1",
              "eventType": "WorkflowExecutionStarted",
              "someNewField": { "x": 1 },
              "workflowExecutionStartedEventAttributes": {
                "workflowType": { "name": "W" },
                "taskQueue": { "name": "q", "kind": "Normal" },
                "input": { "payloads": [ { "metadata": { "encoding": "anNvbi9wbGFpbg==" }, "data": "MQ==" } ] }
              }
            },
            {
              "eventId": "2",
              "eventType": "WorkflowExecutionFailed",
              "workflowExecutionFailedEventAttributes": {
                "retryState": "MaximumAttemptsReached",
                "failure": { "message": "outside", "cause": { "timeoutFailureInfo": { "timeoutType": "ScheduleToStart" } } }
              }
            }
          ]
        }
        """;

    [Fact]
    public void Enum_values_of_older_tools_are_understood_at_any_depth()
    {
        var history = WorkflowHistory.FromJson("id", OldJson);

        Assert.Equal([EventType.WorkflowExecutionStarted, EventType.WorkflowExecutionFailed], history.Events.Select(e => e.EventType));
        var failed = history.Events.Last().WorkflowExecutionFailedEventAttributes;
        Assert.Equal(RetryState.MaximumAttemptsReached, failed.RetryState);
        Assert.Equal(TimeoutType.ScheduleToStart, failed.Failure.Cause.TimeoutFailureInfo.TimeoutType);
        Assert.Equal(TaskQueueKind.Normal, history.Events.First().WorkflowExecutionStartedEventAttributes.TaskQueue.Kind);
    }

    [Fact]
    public void What_is_written_can_be_read_again()
    {
        var history = WorkflowHistory.FromJson("id", OldJson);
        using var writer = new StringWriter();
        history.ToJson(writer);

        Assert.Equal(history.ToJson(), writer.ToString());
        Assert.Equal(history.Events, WorkflowHistory.FromJson("id", history.ToJson()).Events);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    public void Json_that_is_no_object_is_no_history(string json) =>
        Assert.Throws<ArgumentException>(() => WorkflowHistory.FromJson("id", json));
}
