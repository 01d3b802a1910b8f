namespace TemporalDev.Protocol.Grpc;

/// <summary>Writes header fields as literals without an index: a request's headers are few, and nothing has to be kept in step.</summary>
internal static class HpackEncoder
{
    // RFC 7541, appendix A.
    private const int Authority = 1;
    private const int MethodPost = 3;
    private const int Path = 4;
    private const int SchemeHttp = 6;

    /// <summary>Says that the server need not keep a table for us, whatever it allows.</summary>
    public static void WriteNoTable(PooledBuffer target) => WriteInteger(target, 0x20, 5, 0);

    public static void WriteRequest(PooledBuffer target, string authority, string path)
    {
        WriteInteger(target, 0x80, 7, MethodPost);
        WriteInteger(target, 0x80, 7, SchemeHttp);
        WriteInteger(target, 0, 4, Authority);
        WriteText(target, authority);
        WriteInteger(target, 0, 4, Path);
        WriteText(target, path);
    }

    public static void Write(PooledBuffer target, string name, string value)
    {
        WriteInteger(target, 0, 4, 0);
        WriteText(target, name);
        WriteText(target, value);
    }

    private static void WriteText(PooledBuffer target, string text)
    {
        WriteInteger(target, 0, 7, text.Length);
        var bytes = target.GetSpan(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            bytes[i] = (byte)text[i];
        }

        target.Advance(text.Length);
    }

    // RFC 7541, 5.1: what does not fit into the prefix follows in groups of seven bits.
    private static void WriteInteger(PooledBuffer target, byte flags, int prefixBits, int value)
    {
        var most = (1 << prefixBits) - 1;
        if (value < most)
        {
            WriteByte(target, (byte)(flags | value));
            return;
        }

        WriteByte(target, (byte)(flags | most));
        for (value -= most; value >= 0x80; value >>= 7)
        {
            WriteByte(target, (byte)(value | 0x80));
        }

        WriteByte(target, (byte)value);
    }

    private static void WriteByte(PooledBuffer target, byte value)
    {
        target.GetSpan(1)[0] = value;
        target.Advance(1);
    }
}
