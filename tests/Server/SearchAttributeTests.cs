using Google.Protobuf;
using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Visibility;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;

namespace Orchestrator.Tests.Server;

public sealed class SearchAttributeTests
{
    private static readonly AttributeSchema Schema = new(new Dictionary<string, string> { ["Int01"] = "Rows", ["Datetime01"] = "Due", ["KeywordList01"] = "Tables" });

    [Theory]
    [InlineData("Rows", "7")]
    [InlineData("Rows", "[7]")]
    [InlineData("Rows", "null")]
    [InlineData("Rows", "")]
    [InlineData("Due", "\"2026-01-02T03:04:05.123456789+02:00\"")]
    [InlineData("Tables", "[\"a\",\"b\"]")]
    [InlineData("TemporalChangeVersion", "[\"patch\"]")]
    public void A_value_of_the_attribute_s_type_may_be_set(string name, string json) => Assert.Null(Problem(name, json));

    [Theory]
    [InlineData("Rows", "\"x\"", "invalid value for search attribute Rows of type Int")]
    [InlineData("Rows", "7.5", "invalid value")]
    [InlineData("Rows", "{", "invalid value")]
    [InlineData("Due", "\"2026-01-02\"", "invalid value")]
    [InlineData("Due", "\"2026-02-31T00:00:00Z\"", "invalid value")]
    [InlineData("Tables", "[1]", "invalid value")]
    [InlineData("Never", "1", "has no mapping defined for search attribute Never")]
    [InlineData("WorkflowId", "\"x\"", "WorkflowId attribute can't be set")]
    public void Anything_else_is_refused_by_name(string name, string json, string sentence) => Assert.Contains(sentence, Problem(name, json));

    [Fact]
    public void A_value_has_a_limited_size() => Assert.Contains("exceeds size limit 2048", Problem("Tables", $"[\"{new string('a', 3000)}\"]"));

    [Fact]
    public void There_are_three_slots_of_most_types_and_ten_for_keywords()
    {
        var aliases = new Dictionary<string, string>();
        foreach (var index in Enumerable.Range(1, 10))
        {
            AttributeSlots.Add(aliases, $"Keyword{index}", IndexedValueType.Keyword);
        }

        foreach (var index in Enumerable.Range(1, 3))
        {
            AttributeSlots.Add(aliases, $"List{index}", IndexedValueType.KeywordList);
        }

        Assert.Equal(GrpcStatusCode.InvalidArgument, Refusal(() => AttributeSlots.Add(aliases, "Keyword11", IndexedValueType.Keyword)));
        Assert.Equal(GrpcStatusCode.InvalidArgument, Refusal(() => AttributeSlots.Add(aliases, "List4", IndexedValueType.KeywordList)));

        AttributeSlots.Remove(aliases, "List2");
        AttributeSlots.Add(aliases, "List4", IndexedValueType.KeywordList);

        Assert.Equal("List4", aliases["KeywordList02"]);
    }

    [Fact]
    public void A_name_has_one_type_and_the_server_s_names_are_its_own()
    {
        var aliases = new Dictionary<string, string>();
        AttributeSlots.Add(aliases, "Rows", IndexedValueType.Int);
        AttributeSlots.Add(aliases, "Rows", IndexedValueType.Int);

        Assert.Single(aliases);
        Assert.Equal(GrpcStatusCode.AlreadyExists, Refusal(() => AttributeSlots.Add(aliases, "Rows", IndexedValueType.Text)));
        Assert.Equal(GrpcStatusCode.InvalidArgument, Refusal(() => AttributeSlots.Add(aliases, "WorkflowId", IndexedValueType.Keyword)));
        Assert.Equal(GrpcStatusCode.InvalidArgument, Refusal(() => AttributeSlots.Remove(aliases, "TemporalChangeVersion")));
    }

    private static GrpcStatusCode Refusal(Action act) => Assert.Throws<GrpcException>(act).Code;

    private static string? Problem(string name, string json) => AttributeCheck.Problem(
        new SearchAttributes { IndexedFields = { [name] = new Payload { Data = ByteString.CopyFromUtf8(json) } } }, Schema, "default");
}
