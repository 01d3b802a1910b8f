namespace Orchestrator.Bench.Temporal;

/// <summary>Where the databases of one run are; nothing of it stays.</summary>
internal sealed class ScratchFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bench-temporal-");

    public ScratchFolder()
    {
        if (!OperatingSystem.IsWindows())
        {
            // A caller who is root runs PostgreSQL as someone else, who has to get in.
            _folder.UnixFileMode |= UnixFileMode.OtherExecute | UnixFileMode.GroupExecute;
        }
    }

    public string Path => _folder.FullName;

    public void Dispose() => _folder.Delete(recursive: true);
}
