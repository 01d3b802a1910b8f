namespace Orchestrator.Bench.Temporal;

internal static class Checkout
{
    private const string Mark = "Orchestrator.sln";

    public static string Root { get; } = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, Mark)))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"{Mark} is not above {AppContext.BaseDirectory}: the bench runs from its checkout.");
    }
}
