namespace Orchestrator.Activities;

/// <summary>Another activity opened the step since: whoever gets this has nothing left to do there.</summary>
public sealed class FencedOffException(string step, long fence)
    : Exception($"Step {step}: fence {fence} is no longer the newest, another attempt has taken over.");
