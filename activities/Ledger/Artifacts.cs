using Dapper;
using Npgsql;

namespace Orchestrator.Activities.Ledger;

internal sealed record ArtifactRow(string Path, string Digest, string Content);

/// <summary>The table <c>orchestrator.artifacts</c>: the reports that people decided on.</summary>
internal static class Artifacts
{
    public static async Task RecordAsync(NpgsqlDataSource ledger, Guid run, string? batch, IReadOnlyList<ArtifactRow> artifacts, CancellationToken cancel)
    {
        await using var connection = await ledger.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var inserted = await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into orchestrator.artifacts (run_id, path, batch, content, digest)
            values (@Run, @Path, @Batch, @Content, @Digest)
            on conflict (run_id, path) do nothing
            """,
            artifacts.Select(a => new { Run = run, Batch = batch, a.Path, a.Digest, a.Content }),
            transaction,
            cancellationToken: cancel));
        if (inserted > 0)
        {
            await EntryChain.AppendAsync(
                new LedgerScope(connection, transaction, run),
                "artifacts-written",
                new { Batch = batch, Artifacts = artifacts.Select(a => new { a.Path, a.Digest }) },
                cancel);
        }

        await transaction.CommitAsync(cancel);
    }

    /// <summary>As they are in the ledger: a second attempt must hand out what the first has kept.</summary>
    public static async Task<IReadOnlyList<ArtifactRow>> ReadAsync(NpgsqlDataSource ledger, Guid run, IReadOnlyList<string> paths, CancellationToken cancel)
    {
        await using var connection = await ledger.OpenConnectionAsync(cancel);
        return
        [
            .. await connection.QueryAsync<ArtifactRow>(new CommandDefinition(
                "select path, digest, content from orchestrator.artifacts where run_id = @Run and path = any (@Paths) order by path",
                new { Run = run, Paths = paths.ToArray() },
                cancellationToken: cancel)),
        ];
    }
}
