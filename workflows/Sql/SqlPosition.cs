namespace Orchestrator.Workflows.Sql;

/// <summary>A place in a text: offset in UTF-16 units, byte in UTF-8, line and column from 1. A column is a code point, as in the server's own messages.</summary>
public readonly record struct SqlPosition(int Offset, int Byte, int Line, int Column)
{
    public override string ToString() => $"{Line}:{Column}";
}
