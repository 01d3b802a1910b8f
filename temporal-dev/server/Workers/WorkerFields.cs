using TemporalDev.Server.Visibility;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Worker.V1;

namespace TemporalDev.Server.Workers;

/// <summary>What lists of workers can be filtered by.</summary>
internal static class WorkerFields
{
    private static readonly Dictionary<string, Func<WorkerHeartbeat, object?>> Readers = new()
    {
        ["WorkerInstanceKey"] = worker => worker.WorkerInstanceKey,
        ["WorkerIdentity"] = worker => worker.WorkerIdentity,
        ["HostName"] = worker => worker.HostInfo?.HostName,
        ["TaskQueue"] = worker => worker.TaskQueue,
        ["DeploymentName"] = worker => worker.DeploymentVersion?.DeploymentName,
        ["BuildId"] = worker => worker.DeploymentVersion?.BuildId,
        ["SdkName"] = worker => worker.SdkName,
        ["SdkVersion"] = worker => worker.SdkVersion,
        ["StartTime"] = worker => worker.StartTime?.ToDateTime(),
        ["Status"] = worker => worker.Status.ToString(),
        ["WorkerStatus"] = worker => worker.Status.ToString(),
    };

    public static Field? Find(string name) => !Readers.ContainsKey(name)
        ? null
        : new Field(name, name == "StartTime" ? IndexedValueType.Datetime : IndexedValueType.Keyword);

    public static object? Read(Field field, WorkerHeartbeat worker) => Readers[field.Name](worker);
}
