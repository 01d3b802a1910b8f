using System.Text.Json.Nodes;
using Orchestrator.Cli.Plans;

namespace Orchestrator.Tests.Plan;

public sealed class PlanSchemaTests
{
    private static readonly JsonNode Schema = JsonNode.Parse(PlanSchema.Write())!;

    [Fact]
    public void The_schema_knows_every_kind_of_check_and_step()
    {
        var batch = Schema["properties"]!["batches"]!["items"]!["properties"]!;

        Assert.Equal(CheckKinds.All.Keys, KindsOf(batch["postchecks"]!));
        Assert.Equal(CheckKinds.All.Keys, KindsOf(batch["prechecks"]!));
        Assert.Superset(new HashSet<string> { "ddl", "sql", "backfill" }, KindsOf(batch["steps"]!).ToHashSet());
    }

    [Fact]
    public void The_schema_knows_what_a_kind_needs()
    {
        var duplicates = Schema["properties"]!["batches"]!["items"]!["properties"]!["postchecks"]!["items"]!["oneOf"]!.AsArray()
            .Single(kind => kind!["properties"]!["kind"]!["enum"]![0]!.GetValue<string>() == "duplicates")!;

        Assert.Equal(["kind", "id", "table", "columns"], duplicates["required"]!.AsArray().Select(r => r!.GetValue<string>()));
        Assert.False(duplicates["additionalProperties"]!.GetValue<bool>());
        Assert.Equal("Name the columns in which no two rows may agree.", duplicates["properties"]!["columns"]!["description"]!.GetValue<string>());
    }

    [Fact]
    public void Names_of_environments_and_roles_are_free()
    {
        Assert.Equal("embedded", Schema["properties"]!["environments"]!["additionalProperties"]!["anyOf"]![0]!["const"]!.GetValue<string>());
    }

    private static IEnumerable<string> KindsOf(JsonNode list) =>
        list["items"]!["oneOf"]!.AsArray().Select(kind => kind!["properties"]!["kind"]!["enum"]![0]!.GetValue<string>());
}
