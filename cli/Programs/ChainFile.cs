using System.Text.Json;
using Orchestrator.Activities.Ledger;

namespace Orchestrator.Cli.Programs;

/// <summary>An exported chain: a line that says what it is, then a line for each entry, then a line that says where it ends.</summary>
internal static class ChainFile
{
    public const string Format = "orchestrator-ledger-1";

    // An entry's body is a few kilobytes; a line beyond this is not one.
    private const int LongestLine = 64 * 1024 * 1024;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static async Task<ChainReport> WriteAsync(TextWriter output, IAsyncEnumerable<ChainEntry> entries, CancellationToken cancel)
    {
        var verifier = new ChainVerifier();
        await output.WriteLineAsync(JsonSerializer.Serialize(new Header(Format), Json));
        await foreach (var entry in entries.WithCancellation(cancel))
        {
            verifier.Take(entry);
            await output.WriteLineAsync(JsonSerializer.Serialize(entry, Json));
        }

        await output.WriteLineAsync(JsonSerializer.Serialize(new Footer(verifier.Report.Entries, verifier.Report.Head), Json));
        await output.FlushAsync(cancel);
        return verifier.Report;
    }

    /// <summary>Verifies an export with nothing else at hand.</summary>
    public static async Task<ChainReport> VerifyAsync(TextReader input, string? head, CancellationToken cancel)
    {
        var verifier = new ChainVerifier { Head = head };
        var line = await input.ReadLineAsync(cancel);
        if (TryRead<Header>(line)?.Format != Format)
        {
            verifier.Break(0, $"This is no export of a ledger: its first line does not say '{Format}'.");
            return verifier.Report;
        }

        while ((line = await input.ReadLineAsync(cancel)) is not null)
        {
            if (TryRead<ChainEntry>(line) is { Hash: not null } entry)
            {
                if (!verifier.Take(entry))
                {
                    return verifier.Report;
                }
            }
            else
            {
                return Close(verifier, TryRead<Footer>(line), await input.ReadLineAsync(cancel));
            }
        }

        return Close(verifier, null, null);
    }

    private static ChainReport Close(ChainVerifier verifier, Footer? footer, string? after)
    {
        var report = verifier.Report;
        if (footer is null)
        {
            verifier.Break(report.Entries + 1, $"The export breaks off after entry {report.Entries}.");
        }
        else if (footer.Entries != report.Entries || footer.Head != report.Head || after is not null)
        {
            verifier.Break(report.Entries + 1, $"The export says that it has {footer.Entries} entries and has {report.Entries}.");
        }

        verifier.Close();
        return verifier.Report;
    }

    private static T? TryRead<T>(string? line)
        where T : class
    {
        if (line is null or { Length: > LongestLine })
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<T>(line, Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record Header(string Format);

    private sealed record Footer(long Entries, string? Head);
}
