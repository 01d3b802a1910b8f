using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orchestrator.Cli.Rendering;

/// <summary>One JSON object a line; the field names are a contract with scripts.</summary>
internal sealed class JsonView(TextWriter output, TimeProvider time) : IFollowView
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public void Show(FollowEvent happened) => Write(new
    {
        At = time.GetUtcNow(),
        happened.Kind,
        happened.Batch,
        happened.Subject,
        happened.State,
        happened.Text,
    });

    public void ShowProgress(string batch, string step, string text) => Write(new
    {
        At = time.GetUtcNow(),
        Kind = "Progress",
        Batch = batch,
        Subject = step,
        Text = text,
    });

    public void Ask(string question)
    {
        // The gate's event has said it; a machine answers when it likes.
    }

    private void Write(object line)
    {
        output.WriteLine(JsonSerializer.Serialize(line, Json));
        output.Flush();
    }
}
