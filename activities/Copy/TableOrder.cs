namespace Orchestrator.Activities.Copy;

/// <summary>One foreign key: the table that has it, and the table that it points at.</summary>
internal sealed record Reference(string From, string To);

/// <summary>A table's place: everything that it refers to has a smaller depth, except what is in the same cycle.</summary>
internal sealed record TablePlace(string Table, int Depth, IReadOnlyList<string> Cycle, bool RefersToItself);

/// <summary>
/// The order in which tables can be loaded. Tables that refer to each other in a circle are one knot (Tarjan's strongly connected
/// components); the knots form no circle, so each has a depth: one more than the deepest of what it refers to.
/// </summary>
internal sealed class TableOrder
{
    private readonly Dictionary<string, List<string>> _refersTo;
    private readonly Dictionary<string, int> _index = [];
    private readonly Dictionary<string, int> _lowest = [];
    private readonly Stack<string> _open = [];
    private readonly HashSet<string> _onStack = [];
    private readonly Dictionary<string, int> _depth = [];
    private readonly Dictionary<string, IReadOnlyList<string>> _knot = [];

    private TableOrder(IEnumerable<string> tables, IEnumerable<Reference> references)
    {
        _refersTo = tables.Distinct().Order(StringComparer.Ordinal).ToDictionary(t => t, _ => new List<string>());
        foreach (var reference in references.Where(r => _refersTo.ContainsKey(r.From) && _refersTo.ContainsKey(r.To)))
        {
            _refersTo[reference.From].Add(reference.To);
        }
    }

    public static IReadOnlyList<TablePlace> Sort(IEnumerable<string> tables, IEnumerable<Reference> references)
    {
        var order = new TableOrder(tables, references);
        foreach (var table in order._refersTo.Keys.Where(t => !order._index.ContainsKey(t)))
        {
            order.Visit(table);
        }

        return [.. order._refersTo.Keys
            .Select(t => new TablePlace(t, order._depth[t], order._knot[t].Count > 1 ? order._knot[t] : [], order._refersTo[t].Contains(t)))
            .OrderBy(p => p.Depth)
            .ThenBy(p => p.Table, StringComparer.Ordinal)];
    }

    // The way down is kept in a list and not on the stack of calls: a schema may chain more tables than that would bear.
    private void Visit(string start)
    {
        var way = new Stack<(string Table, int Next)>();
        Enter(start);
        way.Push((start, 0));
        while (way.TryPop(out var here))
        {
            if (here.Next < _refersTo[here.Table].Count)
            {
                var to = _refersTo[here.Table][here.Next];
                way.Push((here.Table, here.Next + 1));
                if (!_index.TryGetValue(to, out var index))
                {
                    Enter(to);
                    way.Push((to, 0));
                }
                else if (_onStack.Contains(to))
                {
                    _lowest[here.Table] = Math.Min(_lowest[here.Table], index);
                }

                continue;
            }

            Leave(here.Table);
            if (way.TryPeek(out var above))
            {
                _lowest[above.Table] = Math.Min(_lowest[above.Table], _lowest[here.Table]);
            }
        }
    }

    private void Enter(string table)
    {
        _index[table] = _lowest[table] = _index.Count;
        _open.Push(table);
        _onStack.Add(table);
    }

    private void Leave(string table)
    {
        if (_lowest[table] != _index[table])
        {
            return;
        }

        var knot = new List<string>();
        string member;
        do
        {
            member = _open.Pop();
            _onStack.Remove(member);
            knot.Add(member);
        }
        while (member != table);

        knot.Sort(StringComparer.Ordinal);
        // What a knot refers to was left before it, so its depth is known.
        var below = knot.SelectMany(t => _refersTo[t]).Where(t => !knot.Contains(t)).Select(t => _depth[t] + 1).DefaultIfEmpty(0).Max();
        foreach (var t in knot)
        {
            (_depth[t], _knot[t]) = (below, knot);
        }
    }
}
