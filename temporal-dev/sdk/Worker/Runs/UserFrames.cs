using System.Diagnostics;

namespace Temporalio.Worker.Runs;

/// <summary>Stacks without the frames of this library and of the runtime: what is left is the application's code.</summary>
internal static class UserFrames
{
    public static string Of(StackTrace stack) =>
        string.Join('\n', stack.ToString().Split(Environment.NewLine).Where(IsUserCode).Select(line => line.Trim()));

    private static bool IsUserCode(string line)
    {
        var frame = line.TrimStart();
        return frame.StartsWith("at ", StringComparison.Ordinal) &&
            !frame.StartsWith("at System.", StringComparison.Ordinal) &&
            !frame.StartsWith("at Temporalio.", StringComparison.Ordinal);
    }
}
