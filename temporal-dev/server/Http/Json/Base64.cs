using System.Text.Json;
using Google.Protobuf;

namespace TemporalDev.Server.Http.Json;

/// <summary>Bytes in JSON: either alphabet of base64, with or without padding.</summary>
internal static class Base64
{
    public static ByteString? TryRead(JsonElement value) => value.ValueKind == JsonValueKind.String ? TryRead(value.GetString()!) : null;

    public static ByteString? TryRead(string text)
    {
        var standard = text.Replace('-', '+').Replace('_', '/').TrimEnd('=');
        var padded = standard.PadRight((standard.Length + 3) / 4 * 4, '=');
        var bytes = new byte[padded.Length / 4 * 3];
        return Convert.TryFromBase64String(padded, bytes, out var written) ? ByteString.CopyFrom(bytes, 0, written) : null;
    }
}
