using Dapper;
using Orchestrator.Activities.Ledger;
using Orchestrator.Activities.Postgres;

namespace Orchestrator.Activities.Transfer;

/// <summary>A table that a step makes for itself. It carries the step's name as its comment, so that nobody else's table is filled or dropped.</summary>
internal sealed class OwnTable(SqlIdentifier table, StepKey step)
{
    // A reader that holds the table for longer is somebody's work: the retry policy comes back.
    private const string LockTimeout = "5s";

    private string Comment => $"Made by the step {step.Plan}/{step.Batch}/{step.Step}.";

    /// <summary>False where an earlier attempt of the step has made it.</summary>
    /// <param name="scope">It is there when this commits.</param>
    /// <param name="contentSql">Its columns in parentheses, or a query that fills it.</param>
    /// <param name="cancel">Leaves no table behind.</param>
    public async Task<bool> MakeAsync(LedgerScope scope, string contentSql, CancellationToken cancel)
    {
        var owner = await FindOwnerAsync(scope, cancel);
        if (owner is not null)
        {
            return owner == Comment
                ? false
                : throw new RefusalException($"The table {table} is there already, and step {step} did not make it: name another one, or drop it.");
        }

        var commentSql = SqlIdentifier.Literal(Comment);
        await scope.Connection.ExecuteAsync(new CommandDefinition(
            $"create table {table} {contentSql}; comment on table {table} is {commentSql}",
            transaction: scope.Transaction,
            commandTimeout: 0,
            cancellationToken: cancel));
        return true;
    }

    public async Task<bool> IsThereAsync(LedgerScope scope, CancellationToken cancel) => await FindOwnerAsync(scope, cancel) == Comment;

    /// <summary>False where there is none of this step's.</summary>
    public async Task<bool> DropAsync(LedgerScope scope, CancellationToken cancel)
    {
        if (!await IsThereAsync(scope, cancel))
        {
            return false;
        }

        await scope.Connection.ExecuteAsync(new CommandDefinition(
            $"set local lock_timeout = '{LockTimeout}'; drop table {table}",
            transaction: scope.Transaction,
            cancellationToken: cancel));
        return true;
    }

    /// <summary>The comment of the table, empty where it has none; null where there is no table.</summary>
    private Task<string?> FindOwnerAsync(LedgerScope scope, CancellationToken cancel) =>
        scope.Connection.ExecuteScalarAsync<string?>(new CommandDefinition(
            "select coalesce(obj_description(c.oid, 'pg_class'), '') from pg_class c where c.oid = to_regclass(@Table)",
            new { Table = table.ToString() },
            scope.Transaction,
            cancellationToken: cancel));
}
