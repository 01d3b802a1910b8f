using System.Collections.Immutable;
using Orchestrator.Workflows.Sql;
using Orchestrator.Workflows.Sql.Syntax;

namespace Orchestrator.Workflows.Lint.Reading;

/// <summary>A statement as it is executed: one of the file, or one inside of a DO block of the file.</summary>
internal sealed record PlanStatement(LintFile File, int FileIndex, SqlSource FileSource, Statement Statement, SqlSource Source, ImmutableArray<SqlToken> Tokens)
{
    /// <summary>Where the source begins in the file: zero, except in a block.</summary>
    public int Base { get; init; }

    /// <summary>Whether offsets inside of the block can be told: a block in single quotes doubles those of its strings.</summary>
    public bool OffsetsAreExact { get; init; } = true;

    /// <summary>The statement of the source with the remarks above it.</summary>
    public required SqlStatement Segment { get; init; }

    /// <summary>The block that it stands in.</summary>
    public PlanStatement? Block { get; init; }

    public string Text => Tokens.IsEmpty ? "" : Source.Text[Tokens[0].Start..Tokens[^1].End];

    public int Start => Tokens.IsEmpty ? 0 : Tokens[0].Start;

    public SqlPosition Position(int offset) =>
        OffsetsAreExact ? FileSource.PositionOf(Base + offset) : Block!.Position(Block.Start);
}
