namespace Orchestrator.Tests.Compatibility.Cli;

/// <summary>The lines that two texts do not share, each with the one before it.</summary>
internal static class TextDifference
{
    private const int ShownLines = 40;

    public static string Of(string expected, string seen)
    {
        var (left, right) = (expected.Split('\n'), seen.Split('\n'));
        var lengths = CommonLengths(left, right);
        var lines = new List<string>();
        var (i, j) = (0, 0);
        while (i < left.Length || j < right.Length)
        {
            if (i < left.Length && j < right.Length && left[i] == right[j])
            {
                (i, j) = (i + 1, j + 1);
            }
            else if (j == right.Length || i < left.Length && lengths[i + 1, j] >= lengths[i, j + 1])
            {
                lines.Add("- " + left[i++]);
            }
            else
            {
                lines.Add("+ " + right[j++]);
            }
        }

        return string.Join('\n', lines.Take(ShownLines));
    }

    /// <summary>How many lines the rests from each pair of positions share, in their order.</summary>
    private static int[,] CommonLengths(string[] left, string[] right)
    {
        var lengths = new int[left.Length + 1, right.Length + 1];
        for (var i = left.Length - 1; i >= 0; i--)
        {
            for (var j = right.Length - 1; j >= 0; j--)
            {
                lengths[i, j] = left[i] == right[j] ? lengths[i + 1, j + 1] + 1 : Math.Max(lengths[i + 1, j], lengths[i, j + 1]);
            }
        }

        return lengths;
    }
}
