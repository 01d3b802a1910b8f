namespace Orchestrator.Activities.Copy;

/// <summary>A foreign key between copied tables.</summary>
/// <param name="Nullable">Its columns that may be null; empty where nulls would not put it off.</param>
internal sealed record ForeignKey(string Name, string From, string To, IReadOnlyList<string> Nullable);

/// <summary>
/// The order in which tables are loaded while their foreign keys stay in force. Where tables refer to themselves or to each other, the
/// columns of those references stay null at first and are filled in a second pass.
/// </summary>
internal sealed record LoadingOrder(IReadOnlyDictionary<string, int> Depths, IReadOnlyDictionary<string, IReadOnlyList<string>> HeldBack)
{
    public int SecondPassDepth => Depths.Values.DefaultIfEmpty(0).Max() + 1;

    public static LoadingOrder Of(IReadOnlyList<string> tables, IReadOnlyList<ForeignKey> keys)
    {
        var places = Places(tables, keys);
        var knotted = keys.Where(k => k.From == k.To || places[k.From].Cycle.Contains(k.To)).ToList();
        var rest = keys.Except(knotted.Where(k => k.Nullable.Count > 0)).ToList();
        var order = Places(tables, rest);
        if (rest.FirstOrDefault(k => k.From == k.To || order[k.From].Cycle.Contains(k.To)) is { } stuck)
        {
            throw new RefusalException(
                $"The foreign key {stuck.Name} of {stuck.From} is part of a circle and its columns may not be null, so no order of loading keeps it: write 'references: defer'.");
        }

        var heldBack = knotted.GroupBy(k => k.From).ToDictionary(g => g.Key, g => (IReadOnlyList<string>)[.. g.SelectMany(k => k.Nullable).Distinct()]);
        return new LoadingOrder(order.ToDictionary(p => p.Key, p => p.Value.Depth), heldBack);
    }

    private static Dictionary<string, TablePlace> Places(IReadOnlyList<string> tables, IReadOnlyList<ForeignKey> keys) =>
        TableOrder.Sort(tables, keys.Select(k => new Reference(k.From, k.To))).ToDictionary(p => p.Table);
}
