using System.Collections.Frozen;
using Temporalio.Api.Enums.V1;
using static Temporalio.Api.Enums.V1.IndexedValueType;

namespace TemporalDev.Server.Visibility;

/// <summary>The search attributes that every namespace has.</summary>
internal static class KnownAttributes
{
    public const string Division = "TemporalNamespaceDivision";
    public const string SchedulePaused = "TemporalSchedulePaused";
    public const string ScheduledById = "TemporalScheduledById";
    public const string ScheduledStartTime = "TemporalScheduledStartTime";
    public const string ReservedPrefix = "Temporal";

    /// <summary>The server fills these in; no one can set them.</summary>
    public static readonly FrozenDictionary<string, IndexedValueType> System = new Dictionary<string, IndexedValueType>
    {
        ["WorkflowId"] = Keyword,
        ["RunId"] = Keyword,
        ["WorkflowType"] = Keyword,
        ["TaskQueue"] = Keyword,
        ["ExecutionStatus"] = Keyword,
        ["StartTime"] = Datetime,
        ["ExecutionTime"] = Datetime,
        ["CloseTime"] = Datetime,
        ["ExecutionDuration"] = Int,
        ["HistoryLength"] = Int,
        ["HistorySizeBytes"] = Int,
        ["StateTransitionCount"] = Int,
        ["ParentWorkflowId"] = Keyword,
        ["ParentRunId"] = Keyword,
        ["RootWorkflowId"] = Keyword,
        ["RootRunId"] = Keyword,
    }.ToFrozenDictionary();

    /// <summary>SDKs and schedules set these; they need no registration.</summary>
    public static readonly FrozenDictionary<string, IndexedValueType> Predefined = new Dictionary<string, IndexedValueType>
    {
        ["BatcherNamespace"] = Keyword,
        ["BatcherUser"] = Keyword,
        ["BinaryChecksums"] = KeywordList,
        ["BuildIds"] = KeywordList,
        ["TemporalChangeVersion"] = KeywordList,
        ["TemporalExternalPayloadCount"] = Int,
        ["TemporalExternalPayloadSizeBytes"] = Int,
        [Division] = Keyword,
        ["TemporalPauseInfo"] = KeywordList,
        ["TemporalReportedProblems"] = KeywordList,
        [SchedulePaused] = Bool,
        [ScheduledById] = Keyword,
        [ScheduledStartTime] = Datetime,
        ["TemporalUsedWorkerDeploymentVersions"] = KeywordList,
        ["TemporalWorkerDeployment"] = Keyword,
        ["TemporalWorkerDeploymentVersion"] = Keyword,
        ["TemporalWorkflowVersioningBehavior"] = Keyword,
    }.ToFrozenDictionary();

    public static bool IsReserved(string name) =>
        System.ContainsKey(name) || Predefined.ContainsKey(name) || name.StartsWith(ReservedPrefix, StringComparison.Ordinal);
}
