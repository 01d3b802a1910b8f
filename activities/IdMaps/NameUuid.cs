using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Orchestrator.Activities.IdMaps;

/// <summary>Version 5 of RFC 9562, section 5.5: a uuid that follows from a namespace and a name, on every machine and at every time.</summary>
internal sealed class NameUuid
{
    private const int GuidBytes = 16;

    // Longer names take an array of their own.
    private const int UsualNameBytes = 240;

    private readonly byte[] _namespace;

    public NameUuid(Guid space) => _namespace = space.ToByteArray(bigEndian: true);

    [SuppressMessage("Security", "CA5350", Justification = "The RFC names SHA-1; the id identifies and keeps no secret.")]
    public Guid Of(string name)
    {
        var length = GuidBytes + Encoding.UTF8.GetByteCount(name);
        var text = length <= UsualNameBytes ? stackalloc byte[length] : new byte[length];
        _namespace.CopyTo(text);
        Encoding.UTF8.GetBytes(name, text[GuidBytes..]);
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
        SHA1.HashData(text, hash);
        hash[6] = (byte)((hash[6] & 0x0f) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3f) | 0x80);
        return new Guid(hash[..GuidBytes], bigEndian: true);
    }
}
