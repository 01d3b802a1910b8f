using Orchestrator.Activities.Ledger;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Activities.Transfer;

/// <summary>What the kinds of transfer differ in: which ranges there are, and what is done with one.</summary>
internal interface ITransfer
{
    TransferPace? Pace { get; }

    ChunkLimits Limits { get; }

    /// <summary>Tables go one after another, in the order of their references.</summary>
    bool KeepsOrder { get; }

    /// <summary>Tables whose vacuum a throttle may mind.</summary>
    IReadOnlyList<string> Tables { get; }

    /// <summary>Looks at everything that can be wrong before anything is written, and cuts the ranges.</summary>
    Task<IReadOnlyList<NewRange>> CutAsync(LedgerScope scope, HeldStep held, int lanes, CancellationToken cancel);

    Task<IRangeWork> OpenLaneAsync(HeldStep held, CancellationToken cancel);

    /// <summary>Ranges of what has come since they were cut.</summary>
    Task<IReadOnlyList<NewRange>> LateAsync(HeldStep held, CancellationToken cancel);

    /// <summary>What is left to do when all ranges are done; says what should stand in the step's note.</summary>
    Task<string?> CompleteAsync(HeldStep held, CancellationToken cancel);

    /// <summary>What a finished step still can do when it is run again: rows that were set aside may have been mended.</summary>
    Task<long> ResumeAsync(HeldStep held, CancellationToken cancel);
}

/// <summary>The hands of one lane.</summary>
internal interface IRangeWork : IAsyncDisposable
{
    /// <summary>One transaction: hold, write, checkpoint.</summary>
    Task<Advance> AdvanceAsync(RangeRow range, ChunkSize size, CancellationToken cancel);

    /// <summary>A key that halves what is left of a range, or null where that is not worth it.</summary>
    Task<string[]?> MiddleAsync(RangeRow range, CancellationToken cancel);

    /// <summary>Whether the first key comes after the second in this range's order.</summary>
    Task<bool> IsAfterAsync(RangeRow range, string[] later, string[] earlier, CancellationToken cancel);
}

internal sealed record Advance(RangeRow Range, ChunkSize Size, TuningRow? Tuning = null, long Walked = 0, TimeSpan Took = default);
