using System.Text;
using System.Text.Json.Serialization;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Plan;
using Orchestrator.Workflows.Sql;
using Orchestrator.Workflows.Status;

namespace Orchestrator.Workflows.Gates;

/// <summary>
/// What a person sends with the update <c>correct</c>, or with the signal <c>retry</c>, to have another script run in the place
/// of an undo that failed: <c>{"who":"ada","reason":"a view was in the way","path":"undo.sql","sql":"drop view v; drop table t"}</c>.
/// </summary>
public sealed record UndoCorrection
{
    /// <summary>It travels through the history of the workflow, and an undo that is longer belongs into a plan.</summary>
    public const int MostBytes = 64 * 1024;

    [JsonPropertyName("who")]
    public string? Who { get; init; }

    [JsonPropertyName("reason")]
    public string? Reason { get; init; }

    /// <summary>What the script is called in the ledger.</summary>
    [JsonPropertyName("path")]
    public string? Path { get; init; }

    [JsonPropertyName("sql")]
    public string? Sql { get; init; }
}

/// <summary>A correction on its way into the ledger.</summary>
public sealed record CorrectionRecord(StepReference Step, UndoCorrection Correction, DateTime At);

/// <summary>Which corrections can be tried at all. What only the whole plan can tell is looked at when it is recorded.</summary>
public static class UndoCorrectionRules
{
    /// <summary>Null when it can be tried now, else why not.</summary>
    public static string? Refuse(UndoCorrection? correction, BatchPhase phase)
    {
        if (correction is null)
        {
            return "A correction needs 'who', 'reason', 'path' and 'sql'.";
        }

        var steer = new Steer { Who = correction.Who, Reason = correction.Reason };
        if (SteeringRules.Refuse(SteeringAct.Skip, steer, phase, paused: false) is { } refusal)
        {
            return refusal;
        }

        if (string.IsNullOrWhiteSpace(correction.Path) || correction.Path.Length > SteeringRules.MostCharacters)
        {
            return "Say what the script is called: set 'path'.";
        }

        if (string.IsNullOrWhiteSpace(correction.Sql))
        {
            return "There is no script to try: set 'sql'.";
        }

        if (Encoding.UTF8.GetByteCount(correction.Sql) > UndoCorrection.MostBytes)
        {
            return $"The script is longer than {UndoCorrection.MostBytes / 1024} KB.";
        }

        var problems = ScriptRules.Examine(new SqlScript(correction.Path, correction.Sql));
        return problems.Count == 0 ? null : $"{correction.Path}: {string.Join(" ", problems.Select(p => p.Message))}";
    }
}
