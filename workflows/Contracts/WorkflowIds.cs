namespace Orchestrator.Workflows.Contracts;

/// <summary>One id per plan, environment and digest: starting the same program twice is one program.</summary>
public static class WorkflowIds
{
    public const string TaskQueue = "orchestrator";

    public static string Program(string plan, string environment, string digest) => $"{plan}/{environment}/{digest[..12]}";

    public static string Step(string batch, string step) => $"{batch}/{step}";

    public static string Batch(string program, string batch) => $"{program}/{batch}";

    /// <summary>One at a time, whoever asks for it.</summary>
    public static string Rollback(string batchWorkflow) => $"{batchWorkflow}/rollback";
}
