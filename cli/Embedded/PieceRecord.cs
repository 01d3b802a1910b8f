using System.Text.Json;
using System.Text.Json.Serialization;
using TemporalDev.Postgres;

namespace Orchestrator.Cli.Embedded;

/// <summary>
/// What a piece says about itself once it is ready, for everybody who wants to use it. That it still runs is not told
/// by the record but by the lock that it holds beside it: a lock dies with its process, a number in a file does not.
/// </summary>
/// <param name="Address">How to reach it: a connection string, or host and port; the worker has none.</param>
/// <param name="Against">A digest of what it was told at its start; when it would be told otherwise now, it has to start again.</param>
/// <param name="Build">Which build of this program it runs.</param>
/// <param name="Failure">Why it did not start; null when it did.</param>
internal sealed record PieceRecord(int ProcessId, DateTimeOffset StartedAt, string? Address, string Against, Guid Build, string? Failure)
{
    public static Guid ThisBuild { get; } = typeof(PieceRecord).Module.ModuleVersionId;
}

[JsonSerializable(typeof(PieceRecord))]
internal sealed partial class PieceRecordJson : JsonSerializerContext;

internal sealed class PieceRecords(StateFolder state)
{
    // A second process of the same piece looks, and so does every supervisor; neither holds the lock longer than a look.
    private static readonly TimeSpan LookPasses = TimeSpan.FromSeconds(2);

    public Task<FileStream?> TryLockAsync(Piece piece, CancellationToken cancel) =>
        FolderLock.TryTakeAsync(LockPath(piece), LookPasses, cancel);

    public bool IsAlive(Piece piece)
    {
        try
        {
            using var free = new FileStream(LockPath(piece), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (IOException) when (File.Exists(LockPath(piece)))
        {
            return true;
        }
        catch (DirectoryNotFoundException)
        {
            return false;
        }
    }

    public PieceRecord? TryRead(Piece piece) => TryRead(RecordPath(piece));

    /// <summary>Of the process before this one, however that ended.</summary>
    public PieceRecord? TryReadFormer(Piece piece) => TryRead(FormerPath(piece));

    private static PieceRecord? TryRead(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path));
        }
        catch (IOException gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    // By hand: every verb reads records first, and a serializer, generated or not, has a hundred methods compiled for it.
    private static PieceRecord Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        var record = document.RootElement;
        return new PieceRecord(
            record.GetProperty(nameof(PieceRecord.ProcessId)).GetInt32(),
            record.GetProperty(nameof(PieceRecord.StartedAt)).GetDateTimeOffset(),
            record.GetProperty(nameof(PieceRecord.Address)).GetString(),
            record.GetProperty(nameof(PieceRecord.Against)).GetString()!,
            record.GetProperty(nameof(PieceRecord.Build)).GetGuid(),
            record.GetProperty(nameof(PieceRecord.Failure)).GetString());
    }

    /// <summary>Whole or not at all, and for the owner only: the database's record carries its password.</summary>
    public void Write(Piece piece, PieceRecord record)
    {
        var aside = RecordPath(piece) + ".new";
        File.Delete(aside);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var file = new FileStream(aside, options))
        {
            JsonSerializer.Serialize(file, record, PieceRecordJson.Default.PieceRecord);
        }

        File.Move(aside, RecordPath(piece), overwrite: true);
    }

    /// <summary>It is no longer valid, and kept for whoever comes next.</summary>
    public void Retire(Piece piece)
    {
        try
        {
            File.Move(RecordPath(piece), FormerPath(piece), overwrite: true);
        }
        catch (FileNotFoundException)
        {
            // It was not ready, or its predecessor took its record with it.
        }
    }

    private string LockPath(Piece piece) => Path.Combine(state.Stack, piece.Verb() + ".lock");

    private string FormerPath(Piece piece) => RecordPath(piece) + ".former";

    private string RecordPath(Piece piece) => Path.Combine(state.Stack, piece.Verb() + ".json");
}
