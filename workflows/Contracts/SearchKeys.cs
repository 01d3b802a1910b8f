using Temporalio.Common;

namespace Orchestrator.Workflows.Contracts;

/// <summary>By what programs and batches are found in Temporal. A worker registers them at its start, where it may.</summary>
public static class SearchKeys
{
    public static readonly SearchAttributeKey<string> Plan = SearchAttributeKey.CreateKeyword("Plan");
    public static readonly SearchAttributeKey<string> Batch = SearchAttributeKey.CreateKeyword("Batch");
    public static readonly SearchAttributeKey<string> Environment = SearchAttributeKey.CreateKeyword("Environment");
    public static readonly SearchAttributeKey<string> Phase = SearchAttributeKey.CreateKeyword("Phase");
    public static readonly SearchAttributeKey<string> Owner = SearchAttributeKey.CreateKeyword("Owner");
    public static readonly SearchAttributeKey<string> WaitingFor = SearchAttributeKey.CreateKeyword("WaitingFor");

    public static readonly IReadOnlyList<SearchAttributeKey<string>> All = [Plan, Batch, Environment, Phase, Owner, WaitingFor];
}
