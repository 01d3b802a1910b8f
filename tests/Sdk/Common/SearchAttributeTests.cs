using Temporalio.Common;
using Temporalio.Workflows;

namespace Orchestrator.Tests.Sdk.Common;

public sealed class SearchAttributeTests
{
    private static readonly SearchAttributeKey<string> Plan = SearchAttributeKey.CreateKeyword("Plan");
    private static readonly SearchAttributeKey<long> Rows = SearchAttributeKey.CreateLong("Rows");
    private static readonly SearchAttributeKey<DateTimeOffset> Due = SearchAttributeKey.CreateDateTimeOffset("Due");
    private static readonly SearchAttributeKey<IReadOnlyCollection<string>> Tags = SearchAttributeKey.CreateKeywordList("Tags");

    [Fact]
    public void Every_type_survives_the_wire()
    {
        var sent = new SearchAttributeCollection.Builder()
            .Set(Plan, "bookings")
            .Set(Rows, 42)
            .Set(Due, new DateTimeOffset(2026, 11, 21, 15, 0, 0, TimeSpan.FromHours(2)))
            .Set(Tags, ["a", "b"])
            .Set(SearchAttributeKey.CreateBool("Done"), true)
            .Set(SearchAttributeKey.CreateDouble("Share"), 0.5)
            .Set(SearchAttributeKey.CreateText("Note"), "free text")
            .ToSearchAttributeCollection();

        var back = SearchAttributeCollection.FromProto(sent.ToProto());

        Assert.Equal(sent.Select(key => (key.Name, key.ValueType)), back.Select(key => (key.Name, key.ValueType)));
        Assert.Equal("bookings", back.Get(Plan));
        Assert.Equal(42, back.Get(Rows));
        Assert.Equal(sent.Get(Due), back.Get(Due));
        Assert.Equal(["a", "b"], back.Get(Tags));
        Assert.True(back.Get(SearchAttributeKey.CreateBool("Done")));
        Assert.Equal(0.5, back.Get(SearchAttributeKey.CreateDouble("Share")));
        Assert.Equal("free text", back.Get(SearchAttributeKey.CreateText("Note")));
    }

    [Fact]
    public void A_name_is_held_once_whatever_its_type()
    {
        var asLong = SearchAttributeKey.CreateLong("Plan");
        var attributes = new SearchAttributeCollection.Builder().Set(Plan, "x").Set(asLong, 1).ToSearchAttributeCollection();

        Assert.Single(attributes);
        Assert.False(attributes.ContainsKey(Plan));
        Assert.True(attributes.ContainsKey("Plan"));
        Assert.False(attributes.TryGetValue(Plan, out _));
        Assert.Throws<KeyNotFoundException>(() => attributes.Get(Plan));
    }

    [Fact]
    public void Updates_set_replace_and_remove_and_name_each_attribute_once()
    {
        var attributes = new SearchAttributeCollection.Builder().Set(Plan, "x").Set(Rows, 1).ToSearchAttributeCollection();

        attributes.ApplyUpdates([Plan.ValueSet("y"), Rows.ValueUnset()]);

        Assert.Equal("y", attributes.Get(Plan));
        Assert.False(attributes.ContainsKey("Rows"));
        Assert.Throws<ArgumentException>(() => attributes.ApplyUpdates([Plan.ValueSet("z"), Plan.ValueUnset()]));
        Assert.Throws<InvalidOperationException>(() => ((SearchAttributeUpdate)Rows.ValueUnset()).UntypedValue);
    }
}
