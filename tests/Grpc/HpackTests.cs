using TemporalDev.Protocol.Grpc;

namespace Orchestrator.Tests.Grpc;

/// <summary>The examples of RFC 7541, appendix C, and what no server should send.</summary>
public sealed class HpackTests
{
    [Theory]
    [InlineData("f1e3c2e5f23a6ba0ab90f4ff", "www.example.com")]
    [InlineData("a8eb10649cbf", "no-cache")]
    [InlineData("25a849e95bb8e8b4bf", "custom-value")]
    [InlineData("d07abe941054d444a8200595040b8166e082a62d1bff", "Mon, 21 Oct 2013 20:13:21 GMT")]
    public void A_coded_text_is_read(string coded, string text) => Assert.Equal(text, HpackHuffman.Decode(Convert.FromHexString(coded)));

    [Theory]
    [InlineData("ffffffff")]
    [InlineData("a8eb10649cb0")]
    [InlineData("ff")]
    public void A_text_with_the_end_of_a_string_inside_or_wrong_padding_is_refused(string coded) =>
        Assert.Throws<Http2Exception>(() => HpackHuffman.Decode(Convert.FromHexString(coded)));

    [Fact]
    public void Later_blocks_use_what_earlier_ones_have_put_into_the_table()
    {
        var decoder = new HpackDecoder(10_000);

        Assert.Equal(
            [":status=302", "cache-control=private", "date=Mon, 21 Oct 2013 20:13:21 GMT", "location=https://www.example.com"],
            Read(decoder, "488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3"));
        Assert.Equal(
            [":status=307", "cache-control=private", "date=Mon, 21 Oct 2013 20:13:21 GMT", "location=https://www.example.com"],
            Read(decoder, "4883640effc1c0bf"));
    }

    [Theory]
    [InlineData("80")]
    [InlineData("be")]
    [InlineData("3fe21f")]
    [InlineData("4005")]
    [InlineData("ffffffffffff")]
    public void A_broken_block_ends_the_connection(string block) =>
        Assert.Throws<Http2Exception>(() => new HpackDecoder(10_000).Decode(Convert.FromHexString(block)));

    [Fact]
    public void Headers_beyond_the_limit_are_not_kept_and_the_table_is_in_step()
    {
        var decoder = new HpackDecoder(100);

        Assert.Null(decoder.Decode(Convert.FromHexString("488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3")));
        Assert.Equal(["location=https://www.example.com"], Read(decoder, "be"));
    }

    private static IEnumerable<string> Read(HpackDecoder decoder, string block) =>
        decoder.Decode(Convert.FromHexString(block))!.Select(field => $"{field.Key}={field.Value}");
}
