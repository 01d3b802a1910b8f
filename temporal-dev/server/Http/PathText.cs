using System.Globalization;
using System.Text;
using System.Text.Unicode;
using TemporalDev.Server.Rpc;

namespace TemporalDev.Server.Http;

/// <summary>One segment of a path. What does not decode is refused: it would become an id that nobody has asked for.</summary>
internal static class PathText
{
    private const int EscapeLength = 3;

    public static string Decode(string segment)
    {
        if (!segment.Contains('%', StringComparison.Ordinal))
        {
            return segment;
        }

        var bytes = new List<byte>(segment.Length);
        for (var index = 0; index < segment.Length; index += segment[index] == '%' ? EscapeLength : 1)
        {
            if (segment[index] != '%')
            {
                // Kestrel lets nothing through here but ASCII.
                bytes.Add((byte)segment[index]);
            }
            else if (index + EscapeLength <= segment.Length && byte.TryParse(segment.AsSpan(index + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
            {
                bytes.Add(value);
            }
            else
            {
                throw Fields.Invalid($"The path has '{segment}', where a percent sign is not followed by two hexadecimal digits.");
            }
        }

        return Utf8.IsValid([.. bytes]) ? Encoding.UTF8.GetString([.. bytes]) : throw Fields.Invalid($"The path has '{segment}', which is not UTF-8.");
    }
}
