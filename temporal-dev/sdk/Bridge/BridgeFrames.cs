using System.Buffers;
using System.Buffers.Binary;

namespace Temporalio.Bridge;

internal readonly record struct BridgeFrame(BridgeAnswer Kind, uint Call, byte[] Body);

/// <summary>The layout of frames, as the comment at the top of core/bridge.mjs gives it.</summary>
internal static class BridgeFrames
{
    private const int LengthBytes = sizeof(uint);
    private const int AnswerHeadBytes = sizeof(byte) + sizeof(uint);
    private const int RequestHeadBytes = AnswerHeadBytes + sizeof(uint);

    // Above the 4 MiB that Temporal's gRPC allows and a page of a large history; beyond it the stream is not ours.
    private const uint MaximumFrameBytes = 256 * 1024 * 1024;

    /// <param name="write">Writes exactly the body's bytes.</param>
    public static void WriteRequest(
        IBufferWriter<byte> target, BridgeFunction function, uint call, uint handle, int bodyBytes, SpanAction<byte, object?> write, object? state)
    {
        var size = LengthBytes + RequestHeadBytes + bodyBytes;
        var span = target.GetSpan(size)[..size];
        BinaryPrimitives.WriteUInt32LittleEndian(span, (uint)(RequestHeadBytes + bodyBytes));
        span[LengthBytes] = (byte)function;
        BinaryPrimitives.WriteUInt32LittleEndian(span[(LengthBytes + sizeof(byte))..], call);
        BinaryPrimitives.WriteUInt32LittleEndian(span[(LengthBytes + AnswerHeadBytes)..], handle);
        write(span[(LengthBytes + RequestHeadBytes)..], state);
        target.Advance(size);
    }

    /// <summary>Takes one whole answer off the front, if there is one.</summary>
    public static bool TryReadAnswer(ref ReadOnlySpan<byte> received, out BridgeFrame frame)
    {
        frame = default;
        if (received.Length < LengthBytes)
        {
            return false;
        }

        var length = BinaryPrimitives.ReadUInt32LittleEndian(received);
        if (length is < AnswerHeadBytes or > MaximumFrameBytes)
        {
            throw new BridgeException($"The core's process sent a frame of {length} bytes: something else writes to its standard output.");
        }

        if (received.Length < LengthBytes + length)
        {
            return false;
        }

        var rest = received.Slice(LengthBytes, (int)length);
        frame = new((BridgeAnswer)rest[0], BinaryPrimitives.ReadUInt32LittleEndian(rest[1..]), rest[AnswerHeadBytes..].ToArray());
        received = received[(LengthBytes + (int)length)..];
        return true;
    }
}
