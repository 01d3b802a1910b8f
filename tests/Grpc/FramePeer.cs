using System.Buffers.Binary;
using System.Net.Sockets;
using Google.Protobuf;
using Temporalio.Api.WorkflowService.V1;
using TemporalDev.Protocol.Grpc;

namespace Orchestrator.Tests.Grpc;

/// <summary>The server's end of one connection. What it waits for has to come within half a minute.</summary>
internal sealed class FramePeer(TcpClient client)
{
    public const ushort MaxStreams = 0x3;
    public const ushort InitialWindow = 0x4;

    private const int PrefaceBytes = 24;

    private readonly NetworkStream _stream = client.GetStream();
    private readonly HpackDecoder _headers = new(1024 * 1024);
    private bool _acknowledged;

    public static CancellationTokenSource Limit() => new(TimeSpan.FromSeconds(30));

    public async Task GreetAsync(params (ushort Name, int Value)[] settings)
    {
        var preface = new byte[PrefaceBytes];
        await ReadExactlyAsync(preface);
        Assert.Equal("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray(), preface);
        await SendAsync(Http2Frame.Settings, Http2Flags.None, 0, Settings(settings));
    }

    public static byte[] Settings(params (ushort Name, int Value)[] settings)
    {
        var payload = new byte[6 * settings.Length];
        for (var i = 0; i < settings.Length; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(payload.AsSpan(6 * i), settings[i].Name);
            BinaryPrimitives.WriteInt32BigEndian(payload.AsSpan((6 * i) + 2), settings[i].Value);
        }

        return payload;
    }

    public static byte[] Number(int value)
    {
        var payload = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(payload, value);
        return payload;
    }

    /// <summary>Null when the client has closed the connection.</summary>
    public async Task<Frame?> TryReadAsync()
    {
        var head = new byte[Http2FrameReader.HeadBytes];
        try
        {
            await ReadExactlyAsync(head);
        }
        catch (IOException)
        {
            return null;
        }

        var payload = new byte[(head[0] << 16) | (head[1] << 8) | head[2]];
        await ReadExactlyAsync(payload);
        var frame = new Frame((Http2Frame)head[3], (Http2Flags)head[4], BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(5)), payload);
        _acknowledged |= frame.Type == Http2Frame.Settings && frame.Has(Http2Head.Ack);
        return frame;
    }

    /// <summary>Waits until the client has heard the settings.</summary>
    public async Task AcknowledgedAsync()
    {
        while (!_acknowledged)
        {
            Assert.NotNull(await TryReadAsync());
        }
    }

    /// <summary>Waits until the client has closed the connection.</summary>
    public async Task ClosedAsync()
    {
        while (await TryReadAsync() is not null)
        {
        }
    }

    /// <summary>The next frame of this kind; others are passed over.</summary>
    public async Task<Frame> ReadAsync(Http2Frame type)
    {
        while (await TryReadAsync() is { } frame)
        {
            if (frame.Type == type)
            {
                return frame;
            }
        }

        throw new IOException($"The client closed the connection before a frame {type}.");
    }

    /// <summary>The next request, whole and alone on the connection.</summary>
    public async Task<Request> ReadRequestAsync()
    {
        var first = await ReadAsync(Http2Frame.Headers);
        var (block, frames) = (first.Payload.ToList(), 1);
        for (var last = first; !last.Has(Http2Flags.EndHeaders); frames++)
        {
            last = await TryReadAsync() ?? throw new IOException("The client closed the connection within a header block.");
            Assert.Equal((Http2Frame.Continuation, first.Stream), (last.Type, last.Stream));
            block.AddRange(last.Payload);
        }

        var fields = _headers.Decode(block.ToArray())!;
        var body = new List<byte>();
        while (true)
        {
            var data = await ReadAsync(Http2Frame.Data);
            Assert.Equal(first.Stream, data.Stream);
            body.AddRange(data.Payload);
            if (data.Has(Http2Flags.EndStream))
            {
                return new(first.Stream, fields, frames, body.Count);
            }
        }
    }

    public async Task SendAsync(Http2Frame type, Http2Flags flags, int stream, params byte[] payload)
    {
        var frame = new byte[Http2FrameReader.HeadBytes + payload.Length];
        (frame[0], frame[1], frame[2]) = ((byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length);
        (frame[3], frame[4]) = ((byte)type, (byte)flags);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, Http2FrameReader.HeadBytes);
        using var limit = Limit();
        await _stream.WriteAsync(frame, limit.Token);
    }

    /// <summary>Answers a count.</summary>
    public async Task AnswerAsync(int stream, long count)
    {
        await SendAsync(Http2Frame.Headers, Http2Flags.EndHeaders, stream, AnswerHeaders());
        await SendAsync(Http2Frame.Data, Http2Flags.None, stream, Framed(new CountWorkflowExecutionsResponse { Count = count }));
        await SendAsync(Http2Frame.Headers, Http2Flags.EndHeaders | Http2Flags.EndStream, stream, Trailers());
    }

    public static byte[] AnswerHeaders() => Block((":status", "200"), ("content-type", "application/grpc"));

    public static byte[] Trailers() => Block(("grpc-status", "0"));

    public static byte[] Block(params (string Name, string Value)[] fields)
    {
        using var block = new PooledBuffer(256);
        foreach (var (name, value) in fields)
        {
            HpackEncoder.Write(block, name, value);
        }

        return block.WrittenSpan.ToArray();
    }

    public static byte[] Framed(IMessage message)
    {
        using var frame = new PooledBuffer(256);
        GrpcFrame.Append(frame, message, message.CalculateSize(), gzipFromBytes: int.MaxValue);
        return frame.WrittenSpan.ToArray();
    }

    public void Cut() => client.Dispose();

    private async Task ReadExactlyAsync(byte[] target)
    {
        using var limit = Limit();
        await _stream.ReadExactlyAsync(target, limit.Token);
    }

    internal sealed record Frame(Http2Frame Type, Http2Flags Flags, int Stream, byte[] Payload)
    {
        public bool Has(Http2Flags flag) => (Flags & flag) != 0;

        public int Number => BinaryPrimitives.ReadInt32BigEndian(Payload);
    }

    internal sealed record Request(int Stream, IReadOnlyList<KeyValuePair<string, string>> Fields, int HeaderFrames, int BodyBytes);
}
