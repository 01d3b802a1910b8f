namespace Orchestrator.Workflows.Contracts;

/// <param name="Run">Whose report.</param>
/// <param name="Batch">One batch, or null for the whole program.</param>
/// <param name="At">When the workflow asked for it: part of its name.</param>
public sealed record ReportRequest(RunReference Run, string? Batch, DateTime At);

/// <summary>One file of a report: its name in the ledger, the SHA-256 of its content, and where it was written, if it was.</summary>
public sealed record Artifact(string Path, string Digest, string? File);
