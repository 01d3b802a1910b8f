using System.Text.Json;
using Google.Protobuf;
using Temporalio.Api.Common.V1;
using Temporalio.Converters;

namespace Orchestrator.Tests.Sdk.Converters;

public sealed class PayloadConverterTests
{
    private static readonly IPayloadConverter Converter = DataConverter.Default.PayloadConverter;

    [Fact]
    public void The_default_encodings_are_tried_in_the_order_that_all_languages_share()
    {
        var encodings = ((DefaultPayloadConverter)Converter).EncodingConverters.Select(c => c.Encoding);

        Assert.Equal(["binary/null", "binary/plain", "json/protobuf", "binary/protobuf", "json/plain"], encodings);
    }

    [Fact]
    public void Each_kind_of_value_gets_its_encoding_and_comes_back()
    {
        Assert.Equal("binary/null", EncodingOf(null));
        Assert.Equal("binary/plain", EncodingOf(new byte[] { 1, 2 }));
        Assert.Equal("json/protobuf", EncodingOf(new WorkflowType { Name = "w" }));
        Assert.Equal("json/plain", EncodingOf(new Order(7, "seven")));

        Assert.Null(RoundTrip<string?>(null));
        Assert.Equal([1, 2], RoundTrip<byte[]>([1, 2]));
        Assert.Equal(new WorkflowType { Name = "w" }, RoundTrip(new WorkflowType { Name = "w" }));
        Assert.Equal(new Order(7, "seven"), RoundTrip(new Order(7, "seven")));
    }

    [Fact]
    public void Json_keeps_property_names_as_they_are_declared() =>
        Assert.Equal("""{"Id":7,"Name":"seven"}""", Converter.ToPayload(new Order(7, "seven")).Data.ToStringUtf8());

    [Fact]
    public void A_protobuf_payload_names_its_message_and_binary_ones_of_others_are_read()
    {
        var written = Converter.ToPayload(new WorkflowType { Name = "w" });
        Assert.Equal("temporal.api.common.v1.WorkflowType", written.Metadata["messageType"].ToStringUtf8());

        var foreign = new Payload { Metadata = { ["encoding"] = ByteString.CopyFromUtf8("binary/protobuf") }, Data = new WorkflowType { Name = "w" }.ToByteString() };
        Assert.Equal("w", Converter.ToValue<WorkflowType>(foreign).Name);
    }

    [Fact]
    public void A_raw_value_is_passed_on_untouched_in_both_directions()
    {
        var payload = new Payload { Metadata = { ["encoding"] = ByteString.CopyFromUtf8("of/others") }, Data = ByteString.CopyFromUtf8("x") };

        Assert.Same(payload, Converter.ToValue<IRawValue>(payload).Payload);
        Assert.Same(payload, Converter.ToPayload(new RawValue(payload)));
    }

    [Fact]
    public void What_cannot_be_read_is_refused_with_the_reason()
    {
        var unknown = new Payload { Metadata = { ["encoding"] = ByteString.CopyFromUtf8("of/others") } };

        Assert.Contains("of/others", Assert.Throws<ArgumentException>(() => Converter.ToValue<string>(unknown)).Message);
        Assert.Contains("encoding", Assert.Throws<ArgumentException>(() => Converter.ToValue<string>(new Payload())).Message);
        Assert.Contains("Int32", Assert.Throws<ArgumentException>(() => Converter.ToValue<int>(Converter.ToPayload(null))).Message);
        Assert.Throws<JsonException>(() => Converter.ToValue<int>(Converter.ToPayload("text")));
    }

    [Fact]
    public void A_converter_that_ignores_the_context_stays_the_same_object()
    {
        var inContext = DataConverter.Default.WithSerializationContext(new ISerializationContext.Workflow("default", "w"));

        Assert.Same(DataConverter.Default, inContext);
    }

    private static string EncodingOf(object? value) => Converter.ToPayload(value).Metadata["encoding"].ToStringUtf8();

    private static T RoundTrip<T>(T value) => Converter.ToValue<T>(Converter.ToPayload(value));

    private sealed record Order(int Id, string Name);
}
