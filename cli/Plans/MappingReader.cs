using Orchestrator.Workflows.Plan;

namespace Orchestrator.Cli.Plans;

/// <summary>The keys of steps that say which old row is which new one.</summary>
internal sealed class MappingReader(PlanFindings findings, TransferReader transfers)
{
    private static readonly Dictionary<string, Normalisation> Normalisations =
        Enum.GetValues<Normalisation>().ToDictionary(n => n.ToString().ToLowerInvariant());

    public IdMapStep ReadIdMap(YamlMap map) => new()
    {
        Id = "",
        Title = "",
        Database = "",
        Undo = [],
        Table = map.Text("table", "It is the table whose keys get new ids."),
        Key = map.Text("key", "It is the column with the old key."),
        Name = map.Text("name", "The ids are kept in the table of this name and '_id_map'."),
        Namespace = ReadNamespace(map),
        Pace = transfers.ReadPace(map),
    };

    public RelinkStep ReadRelink(YamlMap map)
    {
        map.Require("key", "Name the column, or the columns, that the rows are walked by.");
        map.Require("links", "List the columns, each as '{ from: customer_id, into: customer_uuid, map: customers }'.");
        return new RelinkStep
        {
            Id = "",
            Title = "",
            Database = "",
            Undo = [],
            Table = map.Text("table", "It is the table whose references are filled."),
            Key = map.Texts("key"),
            Links = [.. map.Maps("links").Select(ReadLink)],
            Pace = transfers.ReadPace(map),
        };
    }

    public MatchStep ReadMatch(YamlMap map)
    {
        map.Require("target", "Say where the other side is: '{ table: customers, key: id }'.");
        map.Require("by", "List the match keys, the surest one first.");
        return new MatchStep
        {
            Id = "",
            Title = "",
            Database = "",
            Undo = [],
            Table = map.Text("table", "It is the table whose rows look for their counterparts."),
            Key = map.Text("key", "It is the column that the rows are walked by."),
            Where = map.OptionalText("where"),
            Invalid = map.OptionalText("invalid"),
            Target = map.Map("target") is { } target ? ReadTarget(target) : new MatchTarget("", ""),
            Bridge = map.Text("bridge", "It is the table that the step makes for the pairs."),
            By = [.. map.Maps("by").Select(ReadKey)],
            Pace = transfers.ReadPace(map),
        };
    }

    private static Relink ReadLink(YamlMap map)
    {
        var link = new Relink(
            map.Text("from", "It is the column with the old key."),
            map.Text("into", "It is the uuid column that is filled."),
            map.Text("map", "It is the name of the id map."));
        map.RefuseOthers();
        return link;
    }

    private static MatchTarget ReadTarget(YamlMap map)
    {
        var target = new MatchTarget(map.Text("table"), map.Text("key")) { Where = map.OptionalText("where") };
        map.RefuseOthers();
        return target;
    }

    private MatchKey ReadKey(YamlMap map)
    {
        map.Require("source", "An expression over the source's columns, or a list of them.");
        map.Require("target", "An expression over the target's columns, or a list of them.");
        var key = new MatchKey(map.Text("name"), map.Texts("source"), map.Texts("target"))
        {
            Normalise = [.. ReadNormalisations(map).Order().Distinct()],
        };
        map.RefuseOthers();
        return key;
    }

    private IEnumerable<Normalisation> ReadNormalisations(YamlMap map)
    {
        foreach (var name in map.Texts("normalise"))
        {
            if (Normalisations.TryGetValue(name, out var normalisation))
            {
                yield return normalisation;
            }
            else
            {
                findings.Add(map.At("normalise"), $"'{name}' is none of {string.Join(", ", Normalisations.Keys)}.", Nearest.Among(name, Normalisations.Keys));
            }
        }
    }

    private Guid ReadNamespace(YamlMap map)
    {
        var text = map.Text("namespace", "It is a uuid that this map alone has; the ids follow from it, so it never changes.");
        // That it is missing has been said already.
        if (!Guid.TryParseExact(text, "D", out var id) && text.Length > 0)
        {
            findings.Add(map.At("namespace"), $"'{text}' is not a uuid.");
        }

        return id;
    }
}
