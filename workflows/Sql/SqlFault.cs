namespace Orchestrator.Workflows.Sql;

/// <summary>What was opened at an offset and never closed.</summary>
public sealed record SqlFault(int Offset, string What)
{
    public override string ToString() => $"{What} is never closed";
}
