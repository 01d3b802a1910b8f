using Npgsql;

namespace Orchestrator.Activities.Postgres;

/// <summary>Says where in the plan PostgreSQL's complaint belongs, and who stood in the way.</summary>
internal sealed class StatementException(string where, string? blocker, PostgresException inner)
    : Exception($"{where}: {PostgresFailures.Describe(inner)}{(blocker is null ? "" : $"; blocked by {blocker}")}", inner)
{
    public PostgresException Postgres => inner;
}
