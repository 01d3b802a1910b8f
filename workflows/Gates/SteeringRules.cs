using System.Text.Json.Serialization;
using Orchestrator.Workflows.Status;

namespace Orchestrator.Workflows.Gates;

[JsonConverter(typeof(JsonStringEnumConverter<SteeringAct>))]
public enum SteeringAct
{
    Pause,
    Resume,
    Abort,
    Retry,
    Skip,
}

/// <summary>Which act makes sense when. Signals that make none are passed over; updates are refused with the sentence.</summary>
public static class SteeringRules
{
    /// <summary>Names, reasons and comments longer than this are no such things.</summary>
    public const int MostCharacters = 4_000;

    /// <summary>Null when the act makes sense now, else why it does not.</summary>
    /// <param name="act">Any number, if somebody sent one.</param>
    /// <param name="steer">Null where somebody sent the JSON <c>null</c>.</param>
    /// <param name="phase">How far the batch is.</param>
    /// <param name="paused">Whether it is held.</param>
    public static string? Refuse(SteeringAct act, Steer? steer, BatchPhase phase, bool paused)
    {
        if (string.IsNullOrWhiteSpace(steer?.Who))
        {
            return "Say who you are: set 'who'.";
        }

        if (steer.Who.Length > MostCharacters || steer.Reason?.Length > MostCharacters)
        {
            return $"A name and a reason have at most {MostCharacters:N0} characters.";
        }

        if (!Enum.IsDefined(act))
        {
            return $"There is no such act; there are {string.Join(", ", Enum.GetNames<SteeringAct>())}.";
        }

        return (act, phase) switch
        {
            (_, BatchPhase.Closed) => "The batch has ended.",
            (SteeringAct.Pause, BatchPhase.Undoing or BatchPhase.NeedsPerson) => "What was done is being taken back; that is not paused. 'abort' interrupts the undo that runs.",
            (SteeringAct.Pause, _) when paused => "The batch is paused already.",
            (SteeringAct.Resume, _) when !paused => "The batch is not paused.",
            (SteeringAct.Abort, BatchPhase.NeedsPerson) => "The undo has stopped already and waits for 'retry' or 'skip'.",
            (SteeringAct.Abort or SteeringAct.Skip, _) when string.IsNullOrWhiteSpace(steer.Reason) => "Say why: set 'reason'.",
            (SteeringAct.Retry or SteeringAct.Skip, not BatchPhase.NeedsPerson) => "There is no failed undo to retry or to skip.",
            _ => null,
        };
    }
}
