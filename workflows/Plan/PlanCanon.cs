using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orchestrator.Workflows.Plan;

/// <summary>
/// The one form in which a plan is hashed, published and read back. Properties come in the order in which they are declared
/// and absent ones are left out, so an optional property added later leaves the digest of every older plan as it was.
/// </summary>
public static class PlanCanon
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        // SQL stays readable in the ledger; nothing of it is ever placed into HTML unescaped.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Write(MigrationPlan plan) => JsonSerializer.Serialize(plan, Options);

    public static MigrationPlan Read(string canonical) =>
        JsonSerializer.Deserialize<MigrationPlan>(canonical, Options)
        ?? throw new JsonException("The canonical form of a plan cannot be null.");

    public static string DigestOf(MigrationPlan plan) => DigestOf(Write(plan));

    public static string DigestOf(Step step) => DigestOf(JsonSerializer.Serialize(step, Options));

    public static string DigestOf(Check check) => DigestOf(JsonSerializer.Serialize(check, Options));

    public static string DigestOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
