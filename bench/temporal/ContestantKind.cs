namespace Orchestrator.Bench.Temporal;

internal enum ContestantKind
{
    EmbeddedDurable,
    OfficialDurable,
    EmbeddedMemory,
    OfficialMemory,
}
