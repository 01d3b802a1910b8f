using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Npgsql;
using Orchestrator.Workflows.Gates;

namespace Orchestrator.Activities.Ledger;

/// <summary>One entry of the chain, as it is stored and as it is exported.</summary>
public sealed record ChainEntry(long Sequence, string? Previous, DateTime At, string Kind, Guid? Run, string Body, string Hash)
{
    /// <summary>The same function as <c>orchestrator.entry_hash</c> in the database: whoever edits rows cannot edit this one as well.</summary>
    public string Recompute()
    {
        // concat_ws leaves nulls out, and nothing here is one.
        var text = string.Join(
            '\n',
            Sequence.ToString(CultureInfo.InvariantCulture),
            Previous ?? "",
            At.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture),
            Kind,
            Run?.ToString() ?? "",
            Body);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }
}

/// <summary>What verifying a chain has found.</summary>
/// <param name="Head">The hash of the last entry: who noted it earlier sees from it whether entries at the end are missing.</param>
/// <param name="BrokenAt">The first entry that is not what was written; null when all are.</param>
public sealed record ChainReport(long Entries, string? Head, long? BrokenAt, string? Reason, long Signatures)
{
    public bool IsWhole => BrokenAt is null;
}

/// <summary>Recomputes a chain entry by entry, from the database or from an export.</summary>
public sealed class ChainVerifier
{
    private long _count;
    private long _signatures;
    private string? _head;
    private (long Sequence, string Reason)? _broken;
    private bool _headSeen;

    /// <summary>The hash of an entry that must be among them.</summary>
    public string? Head { get; init; }

    public ChainReport Report => new(_count, _head, _broken?.Sequence, _broken?.Reason, _signatures);

    /// <summary>False once the chain is broken: what follows proves nothing.</summary>
    public bool Take(ChainEntry entry)
    {
        if (_broken is null && FindFault(entry) is { } reason)
        {
            _broken = (entry.Sequence, reason);
        }

        if (_broken is not null)
        {
            return false;
        }

        _count = entry.Sequence;
        _head = entry.Hash;
        _headSeen |= entry.Hash == Head;
        return true;
    }

    /// <summary>No more entries come.</summary>
    public void Close()
    {
        if (Head is not null && !_headSeen)
        {
            Break(_count + 1, $"No entry has the hash {Head}: the end has been cut off.");
        }
    }

    public void Break(long sequence, string reason) => _broken ??= (sequence, reason);

    private string? FindFault(ChainEntry entry)
    {
        if (entry.Sequence != _count + 1)
        {
            return $"Entry {_count + 1} is missing: after {_count} comes {entry.Sequence}.";
        }

        if (entry.Previous != _head)
        {
            return $"Entry {entry.Sequence} does not follow entry {_count}: the one before it has been changed or replaced.";
        }

        if (entry.Recompute() != entry.Hash)
        {
            return $"Entry {entry.Sequence} ({entry.Kind}, {entry.At:yyyy-MM-dd HH:mm:ss} UTC) has been changed since it was written.";
        }

        return entry.Kind == "decision" ? FindForgery(entry) : null;
    }

    private string? FindForgery(ChainEntry entry)
    {
        try
        {
            var decision = JsonSerializer.Deserialize<DecisionBody>(entry.Body, JsonSerializerOptions.Web);
            if (decision?.Proof is not { } proof)
            {
                return null;
            }

            _signatures++;
            return entry.Run is { } run && Signing.IsSigned(proof.PublicKey, run, decision.Batch, proof.Decision)
                ? null
                : $"Entry {entry.Sequence} is a signed decision whose signature does not verify.";
        }
        catch (JsonException e)
        {
            return $"Entry {entry.Sequence} is no decision: {e.Message}";
        }
    }

    private sealed record DecisionBody(string Batch, SignedDecision? Proof);
}

/// <summary>Reads the chain of a database in order, without keeping it in memory.</summary>
public static class ChainReader
{
    public static async IAsyncEnumerable<ChainEntry> ReadAsync(
        NpgsqlDataSource database, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        // A snapshot: what is written meanwhile belongs to the next verification.
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancel);
        await using var command = new NpgsqlCommand(
            "select sequence, previous, at, kind, run_id, body, hash from orchestrator.entries order by sequence", connection, transaction);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            yield return new ChainEntry(
                reader.GetInt64(0),
                await reader.IsDBNullAsync(1, cancel) ? null : reader.GetString(1),
                reader.GetDateTime(2),
                reader.GetString(3),
                await reader.IsDBNullAsync(4, cancel) ? null : reader.GetGuid(4),
                reader.GetString(5),
                reader.GetString(6));
        }
    }
}
