using Orchestrator.Activities;
using Orchestrator.Activities.Copy;

namespace Orchestrator.Tests.Copying;

public sealed class LoadingOrderTests
{
    [Fact]
    public void A_reference_to_the_table_itself_is_held_back_and_takes_no_place_in_the_order()
    {
        var order = LoadingOrder.Of(["people", "homes"], [Key("people", "people", "boss"), Key("homes", "people")]);

        Assert.Equal((0, 1, 2), (order.Depths["people"], order.Depths["homes"], order.SecondPassDepth));
        Assert.Equal(["boss"], order.HeldBack["people"]);
        Assert.Single(order.HeldBack);
    }

    [Fact]
    public void A_circle_is_opened_where_columns_may_be_null()
    {
        var order = LoadingOrder.Of(["a", "b", "c"], [Key("a", "b", "b1", "b2"), Key("b", "c"), Key("c", "a")]);

        Assert.Equal((0, 2, 1), (order.Depths["a"], order.Depths["b"], order.Depths["c"]));
        Assert.Equal(["b1", "b2"], order.HeldBack["a"]);
    }

    [Fact]
    public void A_circle_without_a_column_that_may_be_null_is_refused_by_the_name_of_its_key()
    {
        var refusal = Assert.Throws<RefusalException>(() => LoadingOrder.Of(["a", "b"], [Key("a", "b"), Key("b", "a")]));

        Assert.Contains("The foreign key a_b of a is part of a circle", refusal.Message);
    }

    private static ForeignKey Key(string from, string to, params string[] nullable) => new($"{from}_{to}", from, to, nullable);
}
