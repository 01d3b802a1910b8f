using TemporalDev.Protocol.Grpc;

namespace Orchestrator.Tests.Grpc;

public sealed class GrpcMetadataTests
{
    [Fact]
    public void Bytes_come_back_from_a_name_that_ends_in_bin()
    {
        var metadata = new GrpcMetadata { { "trace-bin", [0, 1, 254, 255] }, { "client-name", "tests" } };

        Assert.Equal([0, 1, 254, 255], metadata.GetBytes("trace-bin")!);
        Assert.Equal("AAH+/w", metadata.Get("trace-bin"));
        Assert.Equal("tests", metadata.Get("client-name"));
        Assert.Null(metadata.Get("other"));
        Assert.Equal(2, metadata.Count);
    }

    [Fact]
    public void Binary_values_that_arrive_joined_or_padded_are_taken_apart()
    {
        var metadata = new GrpcMetadata();
        metadata.AddReceived("trace-bin", "AQ==, Ag");

        Assert.Equal(["AQ==", "Ag"], metadata.Select(entry => entry.Value));
        Assert.Equal([2], metadata.GetBytes("trace-bin")!);
    }

    [Fact]
    public void Text_that_is_not_base64_has_no_bytes()
    {
        var metadata = new GrpcMetadata();
        metadata.AddReceived("trace-bin", "no base64!");

        Assert.Null(metadata.GetBytes("trace-bin"));
    }

    [Theory]
    [InlineData("Upper", "value")]
    [InlineData("", "value")]
    [InlineData("with space", "value")]
    [InlineData("grpc-timeout", "1S")]
    [InlineData("content-type", "text/plain")]
    [InlineData("trace-bin", "text")]
    [InlineData("name", "line\nbreak")]
    [InlineData("name", "schön")]
    public void A_header_that_could_not_travel_is_refused_where_it_is_set(string name, string value) =>
        Assert.Throws<ArgumentException>(() => new GrpcMetadata { { name, value } });

    [Fact]
    public void Bytes_need_a_name_that_says_so() =>
        Assert.Throws<ArgumentException>(() => new GrpcMetadata { { "trace", [1] } });
}
