namespace TemporalDev.Server.Engine;

/// <summary>The server's default limits; those of the official one, so that nothing passes here that fails there.</summary>
internal static class Limits
{
    public const int IdLength = 1000;
    public const int BlobBytes = 2 * 1024 * 1024;
    public const int MemoBytes = 2 * 1024 * 1024;
    public const int HistoryEvents = 51_200;
    public const long HistoryBytes = 50L * 1024 * 1024;
    public const int SuggestContinueAsNewEvents = 4096;
    public const long SuggestContinueAsNewBytes = 4L * 1024 * 1024;
    public const int PendingActivities = 2000;
    public const int PendingChildren = 2000;
    public const int PendingExternalSignals = 2000;
    public const int PendingExternalCancels = 2000;
    public const int Signals = 10_000;
    public const int UpdatesInFlight = 10;
    public const int Updates = 2000;

    /// <summary>From here on a workflow is told that it should continue as new, before its updates are used up.</summary>
    public const int SuggestContinueAsNewUpdates = 1800;
    public const int BufferedEvents = 100;
    public const int SummaryBytes = 400;
    public const int DetailsBytes = 20_000;
    public const int HistoryPageEvents = 256;
    public const int SearchAttributeKeys = 100;
    public const int SearchAttributeValueBytes = 2 * 1024;
    public const int SearchAttributesBytes = 40 * 1024;

    public static readonly TimeSpan ShortestRunOfChain = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan DefaultTaskTimeout = TimeSpan.FromSeconds(10);
    public static readonly TimeSpan MaximumTaskTimeout = TimeSpan.FromSeconds(120);
    public static readonly TimeSpan TaskHeartbeatTotal = TimeSpan.FromMinutes(30);
    public static readonly TimeSpan TaskPoll = TimeSpan.FromMinutes(1);
    public static readonly TimeSpan UpdatePoll = TimeSpan.FromSeconds(20);
    public static readonly TimeSpan HistoryPoll = TimeSpan.FromSeconds(20);
}
