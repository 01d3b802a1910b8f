using System.Buffers.Text;

namespace TemporalDev.Protocol.Grpc;

// The specification emits base64 without padding and accepts both forms.
internal static class WireBase64
{
    public static string Encode(ReadOnlySpan<byte> bytes) => Convert.ToBase64String(bytes).TrimEnd('=');

    /// <summary>Null when the text is not base64.</summary>
    public static byte[]? Decode(string text)
    {
        var padded = text.Length % 4 == 0 ? text : text.PadRight(text.Length + (4 - (text.Length % 4)), '=');
        var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(padded.Length)];
        return Convert.TryFromBase64String(padded, bytes, out var written) ? bytes[..written] : null;
    }
}
