using System.Security.Cryptography;
using System.Text.Json;
using Npgsql;
using Orchestrator.Activities.Ledger;
using Orchestrator.Cli.Programs;
using Orchestrator.Tests.Support;
using Orchestrator.Workflows.Gates;

namespace Orchestrator.Tests.Ledger;

public sealed class ChainTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly Guid Run = Guid.NewGuid();

    [Fact]
    public async Task What_the_database_hashes_is_what_is_recomputed_and_an_export_is_verified_without_it()
    {
        await using var database = NpgsqlDataSource.Create(postgres.ConnectionString);
        await LedgerSchema.EnsureAsync(database, default);
        foreach (var body in new object[] { new { Text = "Ünïcödé \n \"quoted\" \\ 🙂" }, new { Empty = (string?)null }, new { Number = 1.50m } })
        {
            await EntryChain.AppendAsync(database, Run, "noted", body, default);
        }

        var export = new StringWriter();
        var written = await ChainFile.WriteAsync(export, ChainReader.ReadAsync(database, default), default);
        var read = await ChainFile.VerifyAsync(new StringReader(export.ToString()), null, default);

        Assert.Equal((3, true), (written.Entries, written.IsWhole));
        Assert.Equal(written, read);
    }

    public static TheoryData<string, Func<string, string>, string> Damage => new()
    {
        { "an edited body", text => text.Replace("second", "2nd", StringComparison.Ordinal), "Entry 2 (noted, 2026-03-01 12:02:00 UTC) has been changed since it was written." },
        { "an edited time", text => text.Replace("12:03:00", "12:03:01", StringComparison.Ordinal), "Entry 3 (noted, 2026-03-01 12:03:01 UTC) has been changed since it was written." },
        { "a line taken out", text => Lines(text, l => !l.Contains("second", StringComparison.Ordinal)), "Entry 2 is missing: after 1 comes 3." },
        { "the end cut off", text => text[..text.IndexOf("third", StringComparison.Ordinal)], "The export breaks off after entry 2." },
        { "the last entry dropped", text => Lines(text, l => !l.Contains("third", StringComparison.Ordinal)), "The export says that it has 3 entries and has 2." },
        { "something behind the end", text => text + "more\n", "The export says that it has 3 entries and has 3." },
        { "nothing at all", _ => "", "This is no export of a ledger: its first line does not say 'orchestrator-ledger-1'." },
        { "nonsense", _ => "{]", "This is no export of a ledger: its first line does not say 'orchestrator-ledger-1'." },
    };

    [Theory]
    [MemberData(nameof(Damage))]
    public async Task A_damaged_export_is_found_out_and_the_place_is_named(string damage, Func<string, string> harm, string reason)
    {
        var export = new StringWriter();
        await ChainFile.WriteAsync(export, Chain(Note("first"), Note("second"), Note("third")), default);

        var report = await ChainFile.VerifyAsync(new StringReader(harm(export.ToString())), null, default);

        Assert.True(!report.IsWhole, damage);
        Assert.Equal(reason, report.Reason);
    }

    [Fact]
    public async Task A_chain_whose_end_was_cut_off_cleanly_is_found_out_by_the_head_that_was_noted()
    {
        var export = new StringWriter();
        var whole = await ChainFile.WriteAsync(new StringWriter(), Chain(Note("first"), Note("second")), default);
        await ChainFile.WriteAsync(export, Chain(Note("first")), default);

        var report = await ChainFile.VerifyAsync(new StringReader(export.ToString()), whole.Head, default);

        Assert.Equal($"No entry has the hash {whole.Head}: the end has been cut off.", report.Reason);
    }

    [Fact]
    public async Task An_entry_that_was_replaced_together_with_its_hash_is_betrayed_by_the_next()
    {
        var entries = await Chain(Note("first"), Note("second")).ToListAsync();
        var forged = entries[0] with { Body = Note("forged").Body };
        var verifier = new ChainVerifier();

        verifier.Take(forged with { Hash = forged.Recompute() });
        verifier.Take(entries[1]);

        Assert.Equal("Entry 2 does not follow entry 1: the one before it has been changed or replaced.", verifier.Report.Reason);
    }

    [Fact]
    public async Task Signatures_of_decisions_are_verified_again()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var decision = new Decision { Answer = Answer.Go, Who = "ada", Evidence = "e" };
        var publicKey = Convert.ToBase64String(key.ExportSubjectPublicKeyInfo());
        var good = new SignedDecision(decision with { Signature = Signing.Sign(key, Run, "batch", decision) }, publicKey);
        var bad = good with { Decision = good.Decision with { Answer = Answer.NoGo } };

        Assert.Equal((true, 1), await VerifyAsync(good));
        Assert.Equal((false, 1), await VerifyAsync(bad));
        Assert.Equal((true, 0), await VerifyAsync(null));

        static async Task<(bool, long)> VerifyAsync(SignedDecision? proof)
        {
            var verifier = new ChainVerifier();
            await foreach (var entry in Chain(("decision", JsonSerializer.Serialize(new { Batch = "batch", Proof = proof }, JsonSerializerOptions.Web))))
            {
                verifier.Take(entry);
            }

            return (verifier.Report.IsWhole, verifier.Report.Signatures);
        }
    }

    private static (string Kind, string Body) Note(string text) => ("noted", $$"""{"text":"{{text}}"}""");

    private static string Lines(string text, Func<string, bool> keep) => string.Join('\n', text.Split('\n').Where(keep));

    private static async IAsyncEnumerable<ChainEntry> Chain(params (string Kind, string Body)[] bodies)
    {
        await Task.CompletedTask;
        string? previous = null;
        for (var i = 0; i < bodies.Length; i++)
        {
            var entry = new ChainEntry(i + 1, previous, new DateTime(2026, 3, 1, 12, i + 1, 0, DateTimeKind.Utc), bodies[i].Kind, Run, bodies[i].Body, "");
            previous = entry.Recompute();
            yield return entry with { Hash = previous };
        }
    }
}
