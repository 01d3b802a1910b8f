using System.Text;

namespace TemporalDev.Server.Visibility.Search;

/// <summary>The words of a Text attribute: a query finds a text that has any of its words, in whatever case.</summary>
internal static class TextWords
{
    public static string[] Of(string text)
    {
        var spaced = new StringBuilder(text.Length);
        foreach (var letter in text)
        {
            spaced.Append(letter > '\x7f' || char.IsAsciiLetterOrDigit(letter) ? Lower(letter) : ' ');
        }

        return spaced.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }

    // Of ASCII alone: what else counts as a capital differs between databases.
    private static char Lower(char letter) => letter is >= 'A' and <= 'Z' ? (char)(letter | 0x20) : letter;
}
