using System.Text;
using TemporalDev.Protocol.Grpc;

namespace Orchestrator.Tests.Grpc;

public sealed class GrpcMessageTextTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("plain ~text!", "plain ~text!")]
    [InlineData("100%", "100%25")]
    [InlineData("two\nlines", "two%0Alines")]
    [InlineData("schön", "sch%C3%B6n")]
    [InlineData("\u007f", "%7F")]
    [InlineData("🚀", "%F0%9F%9A%80")]
    public void A_message_travels_as_printable_ascii(string text, string encoded)
    {
        Assert.Equal(encoded, GrpcMessageText.Encode(text));
        Assert.Equal(text, GrpcMessageText.Decode(encoded));
    }

    [Theory]
    [InlineData("50% done", "50% done")]
    [InlineData("%zz", "%zz")]
    [InlineData("%4", "%4")]
    [InlineData("%", "%")]
    [InlineData("%41%", "A%")]
    public void A_percent_sign_without_two_digits_is_kept(string received, string read) =>
        Assert.Equal(read, GrpcMessageText.Decode(received));

    [Fact]
    public void Every_text_comes_back_as_it_was()
    {
        var random = new Random(12);
        for (var i = 0; i < 2_000; i++)
        {
            var text = new StringBuilder();
            for (var length = random.Next(20); length > 0; length--)
            {
                text.Append(char.ConvertFromUtf32(random.Next(3) == 0 ? random.Next(0xE000, 0x10FFFF) : random.Next(0x80)));
            }

            var encoded = GrpcMessageText.Encode(text.ToString());

            Assert.All(encoded, character => Assert.InRange(character, ' ', '~'));
            Assert.Equal(text.ToString(), GrpcMessageText.Decode(encoded));
        }
    }
}
