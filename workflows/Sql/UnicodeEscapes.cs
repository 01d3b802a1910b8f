using System.Globalization;
using System.Text;

namespace Orchestrator.Workflows.Sql;

/// <summary>The escapes of a <c>U&amp;"name"</c>: four hexadecimal digits after a backslash, or six after a backslash and a plus.</summary>
internal static class UnicodeEscapes
{
    public static string Decode(string escaped)
    {
        var decoded = new StringBuilder();
        for (var i = 0; i < escaped.Length;)
        {
            var (text, length) = escaped[i] == '\\' ? Escape(escaped, i) : (escaped[i].ToString(), 1);
            decoded.Append(text);
            i += length;
        }

        return decoded.ToString();
    }

    private static (string Text, int Length) Escape(string escaped, int at)
    {
        if (at + 1 < escaped.Length && escaped[at + 1] == '\\')
        {
            return ("\\", 2);
        }

        var (start, digits) = at + 1 < escaped.Length && escaped[at + 1] == '+' ? (at + 2, 6) : (at + 1, 4);
        if (start + digits <= escaped.Length
            && int.TryParse(escaped.AsSpan(start, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
        {
            // Two escapes may be the halves of a pair, so a half alone is passed on as it is.
            return (code is > 0xFFFF and <= 0x10FFFF ? char.ConvertFromUtf32(code) : ((char)code).ToString(), start + digits - at);
        }

        return ("\\", 1);
    }
}
