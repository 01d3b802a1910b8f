namespace Orchestrator.Cli.Rendering;

/// <summary>Where a program that is followed is shown: to people as text, or to machines as JSON lines.</summary>
internal interface IFollowView
{
    void Show(FollowEvent happened);

    /// <summary>Progress of the running step; the newest replaces the one before where the medium allows it.</summary>
    void ShowProgress(string batch, string step, string text);

    /// <summary>Asks for a decision without waiting for it.</summary>
    void Ask(string question);
}
