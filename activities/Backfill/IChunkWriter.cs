using Orchestrator.Activities.Ledger;

namespace Orchestrator.Activities.Backfill;

/// <summary>What is done with one chunk, inside of the transaction that moves the checkpoint: SQL of the plan, or ids computed here.</summary>
internal interface IChunkWriter
{
    /// <summary>How it is called in what people read.</summary>
    string Path { get; }

    /// <summary>Holds the range first, then writes; answers with the rows written and with what people want of the transfer.</summary>
    Task<(long Rows, TuningRow Tuning)> WriteAsync(LedgerScope scope, HeldStep held, RangeRow range, string[] last, CancellationToken cancel);
}
