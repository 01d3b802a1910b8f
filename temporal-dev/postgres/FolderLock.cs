using System.Diagnostics;

namespace TemporalDev.Postgres;

/// <summary>An exclusive lock held through an open file: the operating system lets go of it however its holder ends.</summary>
public static class FolderLock
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    public static async Task<FileStream?> TryTakeAsync(string path, TimeSpan wait, CancellationToken cancel)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (waited.Elapsed < wait)
            {
                await Task.Delay(Poll, cancel);
            }
            catch (IOException) when (File.Exists(path))
            {
                return null;
            }
        }
    }
}
