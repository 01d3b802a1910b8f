using Orchestrator.Activities.Copy;

namespace Orchestrator.Tests.Copying;

public sealed class TableOrderTests
{
    [Fact]
    public void What_is_referred_to_comes_first() =>
        Assert.Equal("a0 b1 c2 d2 e0", Places("d>b c>b b>a", "a b c d e"));

    [Fact]
    public void The_depth_is_that_of_the_longest_way() =>
        Assert.Equal("a0 b1 c2 d3", Places("d>a d>c c>b b>a", "a b c d"));

    [Fact]
    public void A_self_reference_adds_no_depth()
    {
        Assert.Equal("a0 b1", Places("b>a b>b", "a b"));
        Assert.True(Sort("b>a b>b", "a b")[1].RefersToItself);
    }

    [Fact]
    public void Tables_in_a_circle_share_one_depth()
    {
        var places = Sort("b>a b>c c>d d>b e>d", "a b c d e");

        Assert.Equal("a0 b1 c1 d1 e2", string.Join(' ', places.Select(p => $"{p.Table}{p.Depth}")));
        Assert.Equal(["b", "c", "d"], places.Single(p => p.Table == "c").Cycle);
        Assert.Empty(places.Single(p => p.Table == "e").Cycle);
    }

    [Fact]
    public void References_out_of_the_tables_asked_for_do_not_count() => Assert.Equal("b0", Places("b>a a>b", "b"));

    [Fact]
    public void A_chain_of_many_tables_is_no_trouble()
    {
        var tables = Enumerable.Range(0, 20_000).Select(i => $"t{i:00000}").ToList();

        var places = TableOrder.Sort(tables, tables.Skip(1).Zip(tables, (from, to) => new Reference(from, to)));

        Assert.Equal(19_999, places[^1].Depth);
    }

    [Fact]
    public void In_any_graph_a_table_is_deeper_than_what_it_refers_to_outside_its_circle()
    {
        var random = new Random(4711);
        for (var round = 0; round < 200; round++)
        {
            var tables = Enumerable.Range(0, random.Next(1, 12)).Select(i => $"t{i}").ToList();
            var references = Enumerable.Range(0, random.Next(0, 20))
                .Select(_ => new Reference(tables[random.Next(tables.Count)], tables[random.Next(tables.Count)]))
                .ToList();

            var places = TableOrder.Sort(tables, references).ToDictionary(p => p.Table);

            Assert.Equal(tables.Count, places.Count);
            Assert.All(references.Where(r => r.From != r.To && !places[r.From].Cycle.Contains(r.To)), r => Assert.True(places[r.From].Depth > places[r.To].Depth));
            Assert.All(references.Where(r => places[r.From].Cycle.Contains(r.To)), r => Assert.Equal(places[r.From].Depth, places[r.To].Depth));
        }
    }

    private static string Places(string references, string tables) => string.Join(' ', Sort(references, tables).OrderBy(p => p.Table).Select(p => $"{p.Table}{p.Depth}"));

    private static IReadOnlyList<TablePlace> Sort(string references, string tables) =>
        TableOrder.Sort(tables.Split(' '), references.Split(' ').Select(r => r.Split('>')).Select(r => new Reference(r[0], r[1])));
}
