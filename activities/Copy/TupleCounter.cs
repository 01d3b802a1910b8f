using System.Buffers.Binary;

namespace Orchestrator.Activities.Copy;

/// <summary>
/// Counts rows in a binary COPY stream as it flows by: a header, then for each row the number of its fields (two bytes) and for each
/// field its length (four bytes, -1 for null) and bytes; -1 fields end the stream. Buffers may cut it anywhere.
/// </summary>
internal sealed class TupleCounter
{
    private const int SignatureBytes = 11;
    private const int FlagsBytes = 4;

    private readonly byte[] _cut = new byte[sizeof(int)];
    private int _cutBytes;
    private long _skip = SignatureBytes + FlagsBytes;
    private int _fieldsLeft;
    private bool _inHeader = true;

    public long Rows { get; private set; }

    public void See(ReadOnlySpan<byte> data)
    {
        while (data.Length > 0)
        {
            if (_skip > 0)
            {
                var skipped = (int)Math.Min(_skip, data.Length);
                _skip -= skipped;
                data = data[skipped..];
                continue;
            }

            var width = _inHeader || _fieldsLeft > 0 ? sizeof(int) : sizeof(short);
            if (_cutBytes == 0 && data.Length >= width)
            {
                Take(data[..width]);
                data = data[width..];
                continue;
            }

            var missing = Math.Min(width - _cutBytes, data.Length);
            data[..missing].CopyTo(_cut.AsSpan(_cutBytes));
            _cutBytes += missing;
            data = data[missing..];
            if (_cutBytes == width)
            {
                _cutBytes = 0;
                Take(_cut.AsSpan(0, width));
            }
        }
    }

    private void Take(ReadOnlySpan<byte> number)
    {
        if (_inHeader)
        {
            _skip = BinaryPrimitives.ReadInt32BigEndian(number);
            _inHeader = false;
        }
        else if (_fieldsLeft > 0)
        {
            _fieldsLeft--;
            _skip = Math.Max(0, BinaryPrimitives.ReadInt32BigEndian(number));
        }
        else if (BinaryPrimitives.ReadInt16BigEndian(number) is var fields and >= 0)
        {
            Rows++;
            _fieldsLeft = fields;
        }
    }
}
