using System.Buffers.Binary;
using System.Text;

namespace Orchestrator.Activities.IdMaps;

/// <summary>
/// Keys and their ids as a binary COPY brings them: a signature, then for each row the number of its fields (two bytes) and for each
/// field its length (four bytes) and bytes; -1 fields end it.
/// </summary>
internal sealed class IdRows
{
    private const short Fields = 2;
    private const int GuidBytes = 16;

    // No flags, and no more of a header.
    private const int HeaderRestBytes = 8;
    private const int FirstBytes = 64 * 1024;

    private static readonly byte[] Signature = [(byte)'P', (byte)'G', (byte)'C', (byte)'O', (byte)'P', (byte)'Y', (byte)'\n', 0xff, (byte)'\r', (byte)'\n', 0];

    private byte[] _bytes = new byte[FirstBytes];
    private int _filled = Signature.Length + HeaderRestBytes;

    public IdRows() => Signature.CopyTo(_bytes, 0);

    public void Add(short key, Guid id)
    {
        BinaryPrimitives.WriteInt16BigEndian(Key(sizeof(short)), key);
        AddId(id);
    }

    public void Add(int key, Guid id)
    {
        BinaryPrimitives.WriteInt32BigEndian(Key(sizeof(int)), key);
        AddId(id);
    }

    public void Add(long key, Guid id)
    {
        BinaryPrimitives.WriteInt64BigEndian(Key(sizeof(long)), key);
        AddId(id);
    }

    public void Add(Guid key, Guid id)
    {
        key.TryWriteBytes(Key(GuidBytes), bigEndian: true, out _);
        AddId(id);
    }

    public void Add(string key, Guid id)
    {
        Encoding.UTF8.GetBytes(key, Key(Encoding.UTF8.GetByteCount(key)));
        AddId(id);
    }

    /// <summary>All of them; nothing can be added any more.</summary>
    public ReadOnlyMemory<byte> Close()
    {
        BinaryPrimitives.WriteInt16BigEndian(Take(sizeof(short)), -1);
        return _bytes.AsMemory(0, _filled);
    }

    private Span<byte> Key(int bytes)
    {
        BinaryPrimitives.WriteInt16BigEndian(Take(sizeof(short)), Fields);
        return Field(bytes);
    }

    private void AddId(Guid id) => id.TryWriteBytes(Field(GuidBytes), bigEndian: true, out _);

    private Span<byte> Field(int bytes)
    {
        BinaryPrimitives.WriteInt32BigEndian(Take(sizeof(int)), bytes);
        return Take(bytes);
    }

    private Span<byte> Take(int bytes)
    {
        if (_filled + bytes > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _filled + bytes));
        }

        _filled += bytes;
        return _bytes.AsSpan(_filled - bytes, bytes);
    }
}
