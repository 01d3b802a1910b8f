using System.Text;

namespace TemporalDev.Protocol.Grpc;

/// <summary>Reads the header blocks of one connection, in their order: each may add to the table that the next ones use.</summary>
internal sealed class HpackDecoder(int maxHeaderBytes)
{
    // What both sides begin with; this one never asks for another.
    private const int TableBytes = 4096;

    // RFC 7541, 4.1: what an entry counts for beyond its characters.
    private const int EntryOverheadBytes = 32;

    // RFC 7541, appendix A.
    private static readonly KeyValuePair<string, string>[] Fixed =
    [
        new(":authority", ""), new(":method", "GET"), new(":method", "POST"), new(":path", "/"), new(":path", "/index.html"),
        new(":scheme", "http"), new(":scheme", "https"), new(":status", "200"), new(":status", "204"), new(":status", "206"),
        new(":status", "304"), new(":status", "400"), new(":status", "404"), new(":status", "500"), new("accept-charset", ""),
        new("accept-encoding", "gzip, deflate"), new("accept-language", ""), new("accept-ranges", ""), new("accept", ""),
        new("access-control-allow-origin", ""), new("age", ""), new("allow", ""), new("authorization", ""), new("cache-control", ""),
        new("content-disposition", ""), new("content-encoding", ""), new("content-language", ""), new("content-length", ""),
        new("content-location", ""), new("content-range", ""), new("content-type", ""), new("cookie", ""), new("date", ""), new("etag", ""),
        new("expect", ""), new("expires", ""), new("from", ""), new("host", ""), new("if-match", ""), new("if-modified-since", ""),
        new("if-none-match", ""), new("if-range", ""), new("if-unmodified-since", ""), new("last-modified", ""), new("link", ""),
        new("location", ""), new("max-forwards", ""), new("proxy-authenticate", ""), new("proxy-authorization", ""), new("range", ""),
        new("referer", ""), new("refresh", ""), new("retry-after", ""), new("server", ""), new("set-cookie", ""),
        new("strict-transport-security", ""), new("transfer-encoding", ""), new("user-agent", ""), new("vary", ""), new("via", ""),
        new("www-authenticate", ""),
    ];

    // The newest first, as they are numbered.
    private readonly List<KeyValuePair<string, string>> _table = [];
    private int _tableBytes;
    private int _tableLimit = TableBytes;

    /// <summary>Null where the fields together are too large; the table is in step all the same.</summary>
    public List<KeyValuePair<string, string>>? Decode(ReadOnlySpan<byte> block)
    {
        var fields = new List<KeyValuePair<string, string>>();
        var bytes = 0;
        while (!block.IsEmpty)
        {
            if (ReadField(ref block) is not { } field)
            {
                continue;
            }

            bytes += SizeOf(field);
            if (bytes <= maxHeaderBytes)
            {
                fields.Add(field);
            }
        }

        return bytes <= maxHeaderBytes ? fields : null;
    }

    /// <summary>Null where it only changes the size of the table.</summary>
    private KeyValuePair<string, string>? ReadField(ref ReadOnlySpan<byte> block)
    {
        var first = block[0];
        if ((first & 0x80) != 0)
        {
            return At(ReadInteger(ref block, 7));
        }

        if ((first & 0xe0) == 0x20)
        {
            var limit = ReadInteger(ref block, 5);
            _tableLimit = limit <= TableBytes ? limit : throw Broken("a header table is made larger than allowed");
            Shrink();
            return null;
        }

        // With an index; never indexed and without one differ only for those who pass them on.
        var kept = (first & 0x40) != 0;
        var index = ReadInteger(ref block, kept ? 6 : 4);
        var name = index == 0 ? ReadText(ref block) : At(index).Key;
        var field = new KeyValuePair<string, string>(name, ReadText(ref block));
        if (kept)
        {
            _table.Insert(0, field);
            _tableBytes += SizeOf(field);
            Shrink();
        }

        return field;
    }

    private KeyValuePair<string, string> At(int index) =>
        index > 0 && index <= Fixed.Length ? Fixed[index - 1]
        : index > Fixed.Length && index - Fixed.Length <= _table.Count ? _table[index - Fixed.Length - 1]
        : throw Broken($"there is no header number {index}");

    private void Shrink()
    {
        while (_tableBytes > _tableLimit)
        {
            _tableBytes -= SizeOf(_table[^1]);
            _table.RemoveAt(_table.Count - 1);
        }
    }

    private static string ReadText(ref ReadOnlySpan<byte> block)
    {
        if (block.IsEmpty)
        {
            throw Broken("a header block ends within a field");
        }

        var coded = (block[0] & 0x80) != 0;
        var length = ReadInteger(ref block, 7);
        if (length > block.Length)
        {
            throw Broken("a header block ends within a text");
        }

        var text = block[..length];
        block = block[length..];
        return coded ? HpackHuffman.Decode(text) : Encoding.Latin1.GetString(text);
    }

    private static int ReadInteger(ref ReadOnlySpan<byte> block, int prefixBits)
    {
        var most = (1 << prefixBits) - 1;
        long value = block[0] & most;
        block = block[1..];
        if (value < most)
        {
            return (int)value;
        }

        for (var shift = 0; ; shift += 7)
        {
            if (block.IsEmpty || shift > 28)
            {
                throw Broken("a number in a header block is cut off or too large");
            }

            var octet = block[0];
            block = block[1..];
            value += (long)(octet & 0x7f) << shift;
            if ((octet & 0x80) == 0)
            {
                return value <= int.MaxValue ? (int)value : throw Broken("a number in a header block is too large");
            }
        }
    }

    private static int SizeOf(KeyValuePair<string, string> field) => field.Key.Length + field.Value.Length + EntryOverheadBytes;

    private static Http2Exception Broken(string what) => Http2Exception.Broken(Http2Error.Compression, what);
}
