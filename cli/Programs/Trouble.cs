using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Client;

namespace Orchestrator.Cli.Programs;

/// <summary>An act that failed and is tried again: what a workflow waits for without having been told.</summary>
internal sealed record Trouble(string Act, int Attempt, string Failure)
{
    private const int MostCharacters = 400;

    public string Sentence => $"{Act} is tried again (attempt {Attempt}): {Failure}";

    public static Trouble? Find(WorkflowExecutionDescription workflow)
    {
        var failing = workflow.RawDescription.PendingActivities
            .Where(a => a.LastFailure is not null && a.State != PendingActivityState.CancelRequested)
            .MaxBy(a => a.Attempt);
        return failing is null ? null : new Trouble(failing.ActivityType.Name, failing.Attempt, Describe(failing.LastFailure));
    }

    // The outer failure says where, the inner ones why; a worker that died says so in its own words.
    private static string Describe(Failure failure)
    {
        var words = new List<string>();
        for (var at = failure; at is not null; at = at.Cause)
        {
            if (at.Message.Length > 0 && !words.Any(w => w.Contains(at.Message, StringComparison.Ordinal)))
            {
                words.Add(at.Message);
            }
        }

        var text = string.Join(": ", words);
        return text.Length > MostCharacters ? $"{text[..MostCharacters]}..." : text;
    }
}
