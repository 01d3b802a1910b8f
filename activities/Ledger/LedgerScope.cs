using Npgsql;

namespace Orchestrator.Activities.Ledger;

/// <summary>One transaction in one database, on behalf of one run.</summary>
internal sealed record LedgerScope(NpgsqlConnection Connection, NpgsqlTransaction Transaction, Guid Run);
