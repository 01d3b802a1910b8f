using Google.Protobuf;
using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Engine;

namespace TemporalDev.Server.Rpc;

/// <summary>What a worker carries around to tell which task it answers; opaque to it.</summary>
internal sealed record TaskToken(RunKey Run, long ScheduledEventId, long StartedEventId, int Attempt)
{
    private const byte Version = 1;

    /// <summary>Set on the token of a query that travels alone.</summary>
    public string QueryId { get; init; } = "";

    public ByteString Encode()
    {
        using var buffer = new MemoryStream();
        using var writer = new BinaryWriter(buffer);
        writer.Write(Version);
        writer.Write(Run.NamespaceId);
        writer.Write(Run.WorkflowId);
        writer.Write(Run.RunId);
        writer.Write(ScheduledEventId);
        writer.Write(StartedEventId);
        writer.Write(Attempt);
        writer.Write(QueryId);
        writer.Flush();
        return ByteString.CopyFrom(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    public static TaskToken Decode(ByteString token)
    {
        if (token.IsEmpty)
        {
            throw new GrpcException(GrpcStatusCode.InvalidArgument, "Task token not set on request.");
        }

        try
        {
            using var reader = new BinaryReader(new MemoryStream(token.ToByteArray(), writable: false));
            if (reader.ReadByte() != Version)
            {
                throw Malformed();
            }

            var run = new RunKey(reader.ReadString(), reader.ReadString(), reader.ReadString());
            return new TaskToken(run, reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt32()) { QueryId = reader.ReadString() };
        }
        catch (Exception malformed) when (malformed is EndOfStreamException or FormatException or ArgumentException)
        {
            throw Malformed();
        }
    }

    private static GrpcException Malformed() => new(GrpcStatusCode.InvalidArgument, "Error deserializing task token.");
}
