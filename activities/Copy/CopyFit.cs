namespace Orchestrator.Activities.Copy;

/// <summary>A table on both sides, with the columns that travel.</summary>
internal sealed record CopyPair(CopyTable Source, CopyTable Target)
{
    /// <summary>Columns that stay null until the rows they refer to are there.</summary>
    public IReadOnlyList<string> HeldBack { get; init; } = [];

    public bool IsSecondPass { get; init; }

    /// <summary>What its ranges are called: the two passes over one table are two.</summary>
    public string Subject => IsSecondPass ? $"{Source.FullName} (second pass)" : Source.FullName;

    public IReadOnlyList<CopyColumn> Columns => [.. Source.Columns.Where(c => !c.Generated && Target.Columns.Any(t => t.Name == c.Name && !t.Generated))];

    public bool AsText => Columns.Any(c => c.OnlyAsText);
}

/// <summary>Whether rows of one side will go into the tables of the other: every misfit at once, before anything moves.</summary>
internal static class CopyFit
{
    public static (IReadOnlyList<CopyPair> Pairs, IReadOnlyList<string> Misfits) Match(IReadOnlyList<CopyTable> source, IReadOnlyList<CopyTable> target)
    {
        var targets = target.ToDictionary(t => t.FullName);
        var pairs = new List<CopyPair>();
        var misfits = new List<string>();
        foreach (var table in source)
        {
            if (targets.GetValueOrDefault(table.FullName) is not { } other)
            {
                misfits.Add($"{table.FullName} is not in the target");
                continue;
            }

            pairs.Add(new CopyPair(table, other));
            misfits.AddRange(Misfits(table, other));
        }

        return (pairs, misfits);
    }

    private static IEnumerable<string> Misfits(CopyTable source, CopyTable target)
    {
        foreach (var column in source.Columns.Where(c => !c.Generated))
        {
            var other = target.Columns.FirstOrDefault(c => c.Name == column.Name);
            if (other is null)
            {
                yield return $"{source.FullName}.{column.Name} is not in the target";
            }
            else if (other.Type != column.Type && !other.Generated)
            {
                yield return $"{source.FullName}.{column.Name} is {column.Type} in the source and {other.Type} in the target";
            }
        }

        foreach (var column in target.Columns.Where(c => c is { NotNull: true, HasDefault: false, Generated: false }))
        {
            if (source.Columns.All(c => c.Name != column.Name))
            {
                yield return $"{source.FullName}.{column.Name} must have a value in the target and is not in the source";
            }
        }
    }
}
