namespace TemporalDev.Postgres;

public sealed record EmbeddedPostgresOptions
{
    /// <summary>The cluster, its password and its log live below this folder; it is created when it is not there.</summary>
    public required string Folder { get; init; }

    /// <summary>The bin folder of an installed PostgreSQL. Without it the pinned binaries are used, fetched once per user.</summary>
    public string? BinFolder { get; init; }

    public Durability Durability { get; init; } = Durability.Full;

    public int MaxConnections { get; init; } = 100;

    /// <summary>Modest on purpose: the cluster shares a laptop with everything else.</summary>
    public int SharedBuffersMegabytes { get; init; } = 128;

    /// <summary>Long, because a start after a crash replays the write-ahead log first.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromMinutes(2);

    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long to wait for another process that still holds the folder, before refusing.</summary>
    public TimeSpan FolderWait { get; init; } = TimeSpan.FromSeconds(10);
}

public enum Durability
{
    /// <summary>What was committed survives a crash of the machine.</summary>
    Full,

    /// <summary>Faster, and deleted when the server or its owner ends: for tests.</summary>
    Scratch,
}
