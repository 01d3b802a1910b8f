using System.Diagnostics;

namespace Orchestrator.Cli.Embedded;

/// <summary>
/// Who needs the stack holds this file's lock shared; when nobody does, it can be had exclusively and the stack stops.
/// The operating system keeps the count, so a user that is killed counts no more.
/// </summary>
internal sealed class Lease(StateFolder state)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    // A stack that is being stopped by its last user holds the file until everything has ended.
    private static readonly TimeSpan HoldLimit = TimeSpan.FromMinutes(2);

    // Pieces look for an instant each, which is longer on a machine that has too much to do.
    private static readonly TimeSpan LooksPass = TimeSpan.FromSeconds(2);

    private readonly string _path = Path.Combine(state.Stack, "lease");

    // Held by whoever tries the lease exclusively, so that one who fails knows of a user and not of another one's look.
    private readonly string _turn = Path.Combine(state.Stack, "lease.turn");

    public async Task<IDisposable> HoldAsync(CancellationToken cancel) =>
        await TryOpenAsync(_path, FileAccess.Read, FileShare.Read, HoldLimit, cancel)
            ?? throw new StackException($"The stack in '{state.Root}' has been stopping for {HoldLimit.TotalMinutes} minutes; its logs are in '{state.Logs}'.");

    /// <summary>Null when somebody still needs the stack; otherwise nobody can begin to while the result is open.</summary>
    public async Task<IDisposable?> TryTakeAsLastAsync(CancellationToken cancel)
    {
        using var turn = await TryOpenAsync(_turn, FileAccess.ReadWrite, FileShare.None, LooksPass, cancel);
        return turn is null ? null : TryOpen(_path, FileAccess.ReadWrite, FileShare.None);
    }

    /// <summary>True also while somebody else looks: whoever asks will look again.</summary>
    public bool IsHeld()
    {
        using var turn = TryOpen(_turn, FileAccess.ReadWrite, FileShare.None);
        using var free = turn is null ? null : TryOpen(_path, FileAccess.ReadWrite, FileShare.None);
        return free is null;
    }

    private static async Task<FileStream?> TryOpenAsync(string path, FileAccess access, FileShare share, TimeSpan limit, CancellationToken cancel)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            if (TryOpen(path, access, share) is { } open)
            {
                return open;
            }

            if (waited.Elapsed > limit)
            {
                return null;
            }

            await Task.Delay(Poll, cancel);
        }
    }

    private static FileStream? TryOpen(string path, FileAccess access, FileShare share)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, access, share);
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
    }
}
