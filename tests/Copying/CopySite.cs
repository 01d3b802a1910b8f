using Dapper;
using Npgsql;
using Orchestrator.Tests.Support;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Tests.Copying;

/// <summary>A schema of its own on both sides of a copy, and the step that copies it.</summary>
internal sealed class CopySite(string target, string source)
{
    public string Schema { get; } = $"s{Guid.NewGuid():N}";

    public CopyStep Step => new()
    {
        Id = "copy",
        Title = "copy",
        Database = "db",
        From = "old",
        Tables = [$"{Schema}.*"],
        Undo = [new SqlScript("undo.sql", "select 1")],
    };

    public async Task<Worksite> OpenAsync(string tables, CopyStep? step = null, string? tablesThere = null)
    {
        var plan = Some.Plan(step ?? Step) with
        {
            Name = $"plan-{Guid.NewGuid():N}",
            Databases = ["db", "old"],
            Environments = [new PlanEnvironment("test", [new DatabaseBinding("db", "DB"), new DatabaseBinding("old", Worksite.SourceVariable)])],
        };
        var site = await Worksite.OpenAsync(target, plan, source: source);
        await site.ExecuteAsync($"create schema {Schema}; set local search_path = {Schema}; {tables}");
        await SourceAsync($"create schema {Schema}; set search_path = {Schema}; {tablesThere ?? tables}");
        return site;
    }

    public async Task SourceAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(source);
        await connection.ExecuteAsync($"set search_path = {Schema}, public; {sql}");
    }
}
