using System.Collections;

namespace TemporalDev.Protocol.Grpc;

/// <summary>Headers that travel with a call. Names are lower case; values of names ending in <c>-bin</c> are bytes.</summary>
public sealed class GrpcMetadata : IEnumerable<KeyValuePair<string, string>>
{
    private const string BinarySuffix = "-bin";

    private readonly List<KeyValuePair<string, string>> _entries = [];

    public int Count => _entries.Count;

    public void Add(string name, string value)
    {
        Check(name);
        if (name.EndsWith(BinarySuffix, StringComparison.Ordinal))
        {
            throw new ArgumentException($"Metadata '{name}' ends in -bin and therefore takes bytes.", nameof(name));
        }

        if (value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            throw new ArgumentException($"The value of metadata '{name}' has characters outside printable ASCII; use a name that ends in -bin and bytes.", nameof(value));
        }

        _entries.Add(new(name, value));
    }

    public void Add(string name, ReadOnlySpan<byte> value)
    {
        Check(name);
        if (!name.EndsWith(BinarySuffix, StringComparison.Ordinal))
        {
            throw new ArgumentException($"Metadata '{name}' carries bytes and therefore has to end in -bin.", nameof(name));
        }

        _entries.Add(new(name, WireBase64.Encode(value)));
    }

    /// <summary>The last value under this name, or null.</summary>
    public string? Get(string name)
    {
        for (var i = _entries.Count - 1; i >= 0; i--)
        {
            if (_entries[i].Key == name)
            {
                return _entries[i].Value;
            }
        }

        return null;
    }

    /// <summary>The last value under this name ending in <c>-bin</c>, decoded, or null.</summary>
    public byte[]? GetBytes(string name) => Get(name) is { } encoded ? WireBase64.Decode(encoded) : null;

    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => _entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal static bool IsReserved(string name) =>
        name.StartsWith(':') || name.StartsWith("grpc-", StringComparison.Ordinal) || name is "te" or "content-type" or "user-agent" or "host" or "content-length";

    // What arrives was checked by the HTTP layer; several values of one binary name may come joined by commas.
    internal void AddReceived(string name, string value)
    {
        if (!name.EndsWith(BinarySuffix, StringComparison.Ordinal))
        {
            _entries.Add(new(name, value));
            return;
        }

        foreach (var part in value.Split(',', StringSplitOptions.TrimEntries))
        {
            _entries.Add(new(name, part));
        }
    }

    private static bool IsNameCharacter(char character) => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character is '-' or '_' or '.';

    private static void Check(string name)
    {
        if (name.Length == 0 || !name.All(IsNameCharacter))
        {
            throw new ArgumentException($"'{name}' is not a metadata name: lower-case letters, digits, '-', '_' and '.' only.", nameof(name));
        }

        if (IsReserved(name))
        {
            throw new ArgumentException($"Metadata '{name}' is set by the protocol itself.", nameof(name));
        }
    }
}
