using Dapper;
using Npgsql;
using Orchestrator.Activities.Ledger;
using Orchestrator.Activities.Postgres;
using Orchestrator.Activities.Transfer;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Activities.Copy;

/// <summary>A copy as a transfer: every table's rows in ranges, in the order of references, from one moment of the source.</summary>
internal sealed class CopyTransfer(NpgsqlDataSource target, NpgsqlDataSource source, CopyStep step, SourceSnapshots snapshots) : ITransfer
{
    // One transaction each: large enough that its overhead is lost in it, small enough to be done again after a kill, and for lanes to end
    // at about the same time.
    private const long RangeBytes = 8L * 1024 * 1024;
    private const int MostRanges = 2_000;
    private const int FinishingLanes = 2;

    public TransferPace? Pace => step.Pace;

    public ChunkLimits Limits { get; } = ChunkLimits.Of(null, null);

    public bool KeepsOrder => step.References == References.TwoPass;

    public IReadOnlyList<string> Tables => [.. step.Tables.Where(t => !t.EndsWith(".*", StringComparison.Ordinal))];

    public async Task<IReadOnlyList<NewRange>> CutAsync(LedgerScope scope, HeldStep held, int lanes, CancellationToken cancel)
    {
        await using var reading = await source.OpenConnectionAsync(cancel);
        var matched = await MatchAsync(reading, scope.Connection, cancel);
        var order = await OrderAsync(scope.Connection, matched, cancel);
        await RefuseFilledAsync(scope, matched, cancel);
        if (!KeepsOrder)
        {
            await new DeferredObjects(target, held, FinishingLanes).TakeAwayAsync(scope, matched, cancel);
        }

        var ranges = new List<NewRange>();
        foreach (var pair in Passes(matched, order).OrderBy(p => DepthOf(p, order)).ThenByDescending(p => p.Source.Bytes))
        {
            ranges.AddRange((await SpansAsync(reading, pair, lanes, cancel)).Select(s => new NewRange(s, pair.Subject, DepthOf(pair, order))));
        }

        return ranges;
    }

    public async Task<IRangeWork> OpenLaneAsync(HeldStep held, CancellationToken cancel)
    {
        await using var reading = await source.OpenConnectionAsync(cancel);
        await using var writing = await target.OpenConnectionAsync(cancel);
        var matched = await MatchAsync(reading, writing, cancel);
        var passes = Passes(matched, await OrderAsync(writing, matched, cancel));
        return new CopyLane(source, target, passes.ToDictionary(p => p.Subject), snapshots, held);
    }

    public Task<IReadOnlyList<NewRange>> LateAsync(HeldStep held, CancellationToken cancel) => Task.FromResult<IReadOnlyList<NewRange>>([]);

    public async Task<string?> CompleteAsync(HeldStep held, CancellationToken cancel)
    {
        var deferred = new DeferredObjects(target, held, FinishingLanes);
        await using var reading = await source.OpenConnectionAsync(cancel);
        await using var writing = await target.OpenConnectionAsync(cancel);
        var pairs = await MatchAsync(reading, writing, cancel);
        var objects = await deferred.PutBackAsync(pairs, cancel);
        await AnalyzeAsync(pairs, cancel);
        await deferred.ValidateAsync(cancel);
        var sequences = await new CopySequences(reading, writing).SetAsync(pairs, cancel);
        await RefuseUnexpectedAsync(writing, cancel);
        var moments = await Snapshots.CountUsedAsync(writing, held, cancel);
        await snapshots.ReleaseAsync(held);
        var order = await OrderAsync(writing, pairs, cancel);
        return string.Join("; ", Remarks(pairs.Count, objects, order, sequences, moments));
    }

    public Task<long> ResumeAsync(HeldStep held, CancellationToken cancel) => Task.FromResult(0L);

    /// <summary>Each table once, and once more where columns were held back.</summary>
    private static IReadOnlyList<CopyPair> Passes(IReadOnlyList<CopyPair> matched, LoadingOrder order)
    {
        List<CopyPair> first = [.. matched.Select(p => p with { HeldBack = order.HeldBack.GetValueOrDefault(p.Source.FullName, []) })];
        return [.. first, .. first.Where(p => p.HeldBack.Count > 0).Select(p => p with { IsSecondPass = true })];
    }

    private static int DepthOf(CopyPair pair, LoadingOrder order) => pair.IsSecondPass ? order.SecondPassDepth : order.Depths[pair.Source.FullName];

    /// <summary>Without foreign keys in the way, what refers to what only says who comes first.</summary>
    private async Task<LoadingOrder> OrderAsync(NpgsqlConnection writing, IReadOnlyList<CopyPair> matched, CancellationToken cancel)
    {
        var catalog = new CopyCatalog(writing);
        List<CopyTable> targets = [.. matched.Select(p => p.Target)];
        var keys = await catalog.ForeignKeysAsync(targets, cancel);
        List<string> names = [.. targets.Select(t => t.FullName)];
        if (!KeepsOrder)
        {
            var places = TableOrder.Sort(names, keys.Select(k => new Reference(k.From, k.To)));
            return new LoadingOrder(places.ToDictionary(p => p.Table, p => p.Depth), new Dictionary<string, IReadOnlyList<string>>());
        }

        var order = LoadingOrder.Of(names, keys);
        if (matched.FirstOrDefault(p => order.HeldBack.ContainsKey(p.Source.FullName) && p.Source.Key.Count == 0) is { } keyless)
        {
            throw new RefusalException($"{keyless.Source.FullName} refers to itself or is part of a circle and has no primary key to find its rows by in a second pass: write 'references: defer'.");
        }

        return order;
    }

    private IEnumerable<string> Remarks(int tables, IReadOnlyList<DeferredObject> objects, LoadingOrder order, int sequences, int moments)
    {
        yield return $"{tables} tables";
        if (order.HeldBack.Count > 0)
        {
            yield return $"filled in a second pass: {string.Join(", ", order.HeldBack.SelectMany(h => h.Value.Select(c => $"{h.Key}.{c}")).Order(StringComparer.Ordinal))}";
        }

        yield return KeepsOrder
            ? "loaded in the order of their references, which stayed in force"
            : $"{objects.Count(o => o.Kind == DeferredKind.ForeignKey)} foreign keys and {objects.Count(o => o.Kind is DeferredKind.Index or DeferredKind.Key)} indexes made again and checked after the rows";
        yield return $"{sequences} sequences set";
        yield return moments <= 1
            ? "the source as of one moment"
            : $"the source as of {moments} moments, because what held the first one was stopped: rows that changed meanwhile may not fit together";
    }

    private async Task<IReadOnlyList<CopyPair>> MatchAsync(NpgsqlConnection reading, NpgsqlConnection writing, CancellationToken cancel)
    {
        var from = await new CopyCatalog(reading).ReadAsync(step, cancel);
        var (pairs, misfits) = CopyFit.Match(from, await new CopyCatalog(writing).ReadAsync(step, cancel));
        if (misfits.Count > 0)
        {
            throw new RefusalException($"The tables do not fit: {string.Join("; ", misfits)}.");
        }

        return pairs.Count > 0 ? pairs : throw new RefusalException($"There is no table to copy in {string.Join(", ", step.Tables)}.");
    }

    private static async Task RefuseFilledAsync(LedgerScope scope, IReadOnlyList<CopyPair> pairs, CancellationToken cancel)
    {
        var filled = new List<string>();
        foreach (var pair in pairs)
        {
            var targetTable = pair.Target.Identifier;
            if (await scope.Connection.ExecuteScalarAsync<bool>(new CommandDefinition(
                $"select exists (select from {targetTable})", transaction: scope.Transaction, cancellationToken: cancel)))
            {
                filled.Add(pair.Target.FullName);
            }
        }

        if (filled.Count > 0)
        {
            throw new RefusalException($"The target already has rows in {string.Join(", ", filled)}: a copy would double them. Empty the tables first.");
        }
    }

    /// <summary>Into how many ranges a table of this size is cut.</summary>
    internal static int RangesOf(long bytes) => (int)Math.Clamp(bytes / RangeBytes, 1, MostRanges);

    private static async Task<IReadOnlyList<KeySpan>> SpansAsync(NpgsqlConnection reading, CopyPair pair, int lanes, CancellationToken cancel)
    {
        var parts = RangesOf(pair.Source.Bytes);
        if (parts == 1 || pair.Source.Key.Count == 0 || pair.Source.Partitioned)
        {
            return [new KeySpan(null, null, pair.Source.Rows)];
        }

        var key = await KeyColumns.ReadAsync(reading, new(pair.Source.Schema, pair.Source.Name), pair.Source.Key, cancel);
        var look = new KeyLook(reading, key);
        if (await look.LastKeyAsync(cancel) is not { } last)
        {
            return [new KeySpan(null, null, 0)];
        }

        var rows = await look.EstimateAsync(cancel);
        var spans = RangeCuts.Cut(await look.SampleAsync(null, last, rows, cancel), null, last, Math.Max(parts, lanes), rows);
        // The last one is open: what was added since belongs to it, as far as the snapshot shows it.
        return [.. spans.SkipLast(1), spans[^1] with { Last = null }];
    }

    private async Task AnalyzeAsync(IReadOnlyList<CopyPair> pairs, CancellationToken cancel) =>
        await Parallel.ForEachAsync(
            pairs,
            new ParallelOptions { MaxDegreeOfParallelism = FinishingLanes, CancellationToken = cancel },
            async (pair, stop) =>
            {
                await using var connection = await target.OpenConnectionAsync(stop);
                var targetTable = pair.Target.Identifier;
                await connection.ExecuteAsync(new CommandDefinition($"analyze {targetTable}", commandTimeout: 0, cancellationToken: stop));
            });

    private async Task RefuseUnexpectedAsync(NpgsqlConnection writing, CancellationToken cancel)
    {
        var wrong = new List<string>();
        foreach (var expected in step.Expect ?? [])
        {
            var targetTable = Names.Table(expected.Table);
            var rows = await writing.ExecuteScalarAsync<long>(new CommandDefinition($"select count(*) from {targetTable}", commandTimeout: 0, cancellationToken: cancel));
            if (rows != expected.Rows)
            {
                wrong.Add($"{expected.Table} has {rows:N0} rows and was expected to have {expected.Rows:N0}");
            }
        }

        if (wrong.Count > 0)
        {
            throw new RefusalException($"The copy is complete, but {string.Join("; ", wrong)}.");
        }
    }
}
