namespace Temporalio.Client;

/// <param name="NextPageToken">Null on the last page.</param>
public record WorkflowListPage(IReadOnlyCollection<WorkflowExecution> Workflows, byte[]? NextPageToken);
