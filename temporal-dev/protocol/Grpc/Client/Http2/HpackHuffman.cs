namespace TemporalDev.Protocol.Grpc;

/// <summary>The Huffman code of RFC 7541, appendix B. It is canonical, so the lengths say everything.</summary>
internal static class HpackHuffman
{
    private const int Shortest = 5;
    private const int Longest = 30;
    private const int EndOfString = 256;

    // By symbol; the last one is the end of a string, which only ever appears as padding.
    private static ReadOnlySpan<byte> Lengths =>
    [
        13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
        6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
        13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
        15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
        20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
        22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
        26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
        20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
        30,
    ];

    private static readonly (uint[] First, int[] Start, short[] Symbols) Tables = Build();

    public static string Decode(ReadOnlySpan<byte> coded)
    {
        var (first, start, symbols) = Tables;
        // No symbol is shorter than five bits.
        var text = new char[(coded.Length * 8 / Shortest) + 1];
        var (length, code, bits) = (0, 0u, 0);
        foreach (var octet in coded)
        {
            for (var bit = 7; bit >= 0; bit--)
            {
                code = (code << 1) | ((uint)octet >> bit & 1);
                bits++;
                if (bits < Shortest || code - first[bits] is var offset && offset >= start[bits + 1] - start[bits])
                {
                    // Codes beyond the longest do not exist.
                    if (bits == Longest)
                    {
                        throw Http2Exception.Broken(Http2Error.Compression, "a header's text is not in the code of RFC 7541");
                    }

                    continue;
                }

                var symbol = symbols[start[bits] + (int)(code - first[bits])];
                if (symbol == EndOfString)
                {
                    throw Http2Exception.Broken(Http2Error.Compression, "a header's text has the end of a string inside");
                }

                text[length++] = (char)symbol;
                (code, bits) = (0, 0);
            }
        }

        // What is left is padding: less than an octet, of ones.
        return bits < 8 && code == (1u << bits) - 1
            ? new string(text, 0, length)
            : throw Http2Exception.Broken(Http2Error.Compression, "a header's text is not padded with ones");
    }

    private static (uint[] First, int[] Start, short[] Symbols) Build()
    {
        var first = new uint[Longest + 1];
        var start = new int[Longest + 2];
        var symbols = new short[Lengths.Length];
        var (code, count) = (0u, 0);
        for (var bits = 1; bits <= Longest; bits++)
        {
            code <<= 1;
            (first[bits], start[bits]) = (code, count);
            for (var symbol = 0; symbol < Lengths.Length; symbol++)
            {
                if (Lengths[symbol] == bits)
                {
                    symbols[count++] = (short)symbol;
                    code++;
                }
            }
        }

        start[Longest + 1] = count;
        return (first, start, symbols);
    }
}
