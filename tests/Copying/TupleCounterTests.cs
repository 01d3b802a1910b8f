using System.Buffers.Binary;
using Orchestrator.Activities.Copy;

namespace Orchestrator.Tests.Copying;

public sealed class TupleCounterTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(7)]
    [InlineData(1_000)]
    public void Rows_are_counted_wherever_the_buffers_are_cut(int bufferBytes)
    {
        var stream = Stream([["one", null, ""], ["\u0001\u0002", "x", "yy"], [], ["a", "b", "c", "d"]]);
        var counter = new TupleCounter();

        foreach (var buffer in stream.Chunk(bufferBytes))
        {
            counter.See(buffer);
        }

        Assert.Equal(4, counter.Rows);
    }

    private static byte[] Stream(string?[][] rows)
    {
        var bytes = new List<byte>("PGCOPY\n?\r\n\0"u8.ToArray()) { 0, 0, 0, 0, 0, 0, 0, 2, 42, 42 };
        foreach (var row in rows)
        {
            Add(bytes, (short)row.Length);
            foreach (var field in row)
            {
                Add(bytes, field?.Length ?? -1);
                bytes.AddRange(field?.Select(c => (byte)c) ?? []);
            }
        }

        Add(bytes, (short)-1);
        return [.. bytes];
    }

    private static void Add(List<byte> bytes, short number)
    {
        var buffer = new byte[sizeof(short)];
        BinaryPrimitives.WriteInt16BigEndian(buffer, number);
        bytes.AddRange(buffer);
    }

    private static void Add(List<byte> bytes, int number)
    {
        var buffer = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(buffer, number);
        bytes.AddRange(buffer);
    }
}
