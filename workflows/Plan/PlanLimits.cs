namespace Orchestrator.Workflows.Plan;

/// <summary>A plan beyond these is a mistake, or must be split; all are far above the largest plan in <c>plans/</c>.</summary>
public static class PlanLimits
{
    public const int Batches = 200;
    public const int StepsPerBatch = 200;
    public const int ChecksPerBatch = 400;
    public const int IdCharacters = 60;
    public const int TitleCharacters = 200;
    public const int FileBytes = 1024 * 1024;
    public const int PlanBytes = 16 * 1024 * 1024;
    public const int ChunkRowsMost = 1_000_000;
    public const int PoisonRowsMost = 100_000;
    public const int LanesMost = 16;
    public const int ThrottlesMost = 20;
    public const int KeyColumns = 8;
}
