using System.Collections.Immutable;

namespace Orchestrator.Tests.Compatibility.Cli;

internal static class CliListScenarios
{
    public static ImmutableArray<CliScenario> All { get; } =
    [
        new("lists and counts by query",
        [
            Numbered("execute", 1, "quick"),
            Numbered("execute", 2, "fails"),
            Numbered("start", 3, "wait"),
            "workflow query --workflow-id {id}-3 --type Seen",
            List("CustomIntField > 1"),
            List("CustomIntField BETWEEN 1 AND 2"),
            List("CustomIntField IN (1, 3)"),
            List("ExecutionStatus != 'Completed'"),
            List("ExecutionStatus IN ('Failed', 'Running') AND WorkflowType = 'Order'"),
            List("(CustomIntField = 1 OR CustomIntField = 2)"),
            List("WorkflowId STARTS_WITH '{id}-'"),
            List("CloseTime IS NULL"),
            List("StartTime > '2020-01-01T00:00:00Z'"),
            List("CustomIntField = 'x'"),
            List("CustomIntField ="),
            List("ExecutionStatus = 'Asleep'"),
            Query("count", "CustomKeywordField = '{id}' GROUP BY ExecutionStatus"),
            Query("count", "CustomKeywordField = '{id}' AND CloseTime IS NOT NULL"),
            Query("count", "CustomKeywordField = '{id}' GROUP BY CustomIntField"),
        ]),
        new("signal and update with start",
        [
            """workflow signal-with-start --signal-name Note --signal-input "a" --type Order --task-queue {queue} --workflow-id {id} --input "wait" """,
            """workflow signal-with-start --signal-name Note --signal-input "b" --type Order --task-queue {queue} --workflow-id {id} --input "wait" """,
            """workflow execute-update-with-start --update-name Add --update-input "c" --update-id u1 --id-conflict-policy UseExisting --type Order --task-queue {queue} --workflow-id {id} --input "wait" """,
            """workflow start-update-with-start --update-name Add --update-input "d" --update-id u2 --update-wait-for-stage accepted --id-conflict-policy UseExisting --type Order --task-queue {queue} --workflow-id {id} --input "wait" """,
            """workflow execute-update-with-start --update-name Add --update-input "e" --id-conflict-policy Fail --type Order --task-queue {queue} --workflow-id {id} --input "wait" """,
            "workflow query --workflow-id {id} --type Seen",
            """workflow signal --workflow-id {id} --name Note --input "close" """,
            "workflow result --workflow-id {id}",
        ]),
        new("reset to the start of a task, and to the first one",
        [
            """workflow start --type Order --task-queue {queue} --workflow-id {id} --input "wait" """,
            "workflow query --workflow-id {id} --type Seen",
            "workflow reset --workflow-id {id} --event-id 3 --reason again",
            "workflow query --workflow-id {id} --type Seen",
            "workflow reset --workflow-id {id} --type FirstWorkflowTask --reason again",
            "workflow query --workflow-id {id} --type Seen",
            "workflow reset --workflow-id {id} --event-id 2 --reason again",
            """workflow signal --workflow-id {id} --name Note --input "close" """,
            "workflow result --workflow-id {id}",
            "workflow show --workflow-id {id}",
        ]),
    ];

    private static string Numbered(string verb, int number, string kind) =>
        $$"""workflow {{verb}} --type Order --task-queue {queue} --workflow-id {id}-{{number}} --input "{{kind}}" --search-attribute CustomKeywordField="{id}" --search-attribute CustomIntField={{number}}""";

    private static string List(string condition) => Query("list", $"CustomKeywordField = '{{id}}' AND {condition}");

    // A blank would end the word; the language of queries takes any white space.
    private static string Query(string verb, string query) => $"workflow {verb} --query {query.Replace(' ', '\t')}";
}
