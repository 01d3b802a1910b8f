using Google.Rpc;

namespace Temporalio.Exceptions;

/// <summary>The server, or the way to it, answered with a gRPC error.</summary>
public class RpcException : TemporalException
{
    /// <param name="rawStatus">The google.rpc.Status of the answer, serialized.</param>
    public RpcException(StatusCode code, string message, byte[]? rawStatus)
        : base(message)
    {
        Code = code;
        RawStatus = rawStatus;
        GrpcStatus = new(() => rawStatus is null ? null : Status.Parser.ParseFrom(rawStatus));
    }

    /// <summary>The status codes of the gRPC specification.</summary>
    public enum StatusCode
    {
        OK = 0,
        Cancelled = 1,
        Unknown = 2,
        InvalidArgument = 3,
        DeadlineExceeded = 4,
        NotFound = 5,
        AlreadyExists = 6,
        PermissionDenied = 7,
        ResourceExhausted = 8,
        FailedPrecondition = 9,
        Aborted = 10,
        OutOfRange = 11,
        Unimplemented = 12,
        Internal = 13,
        Unavailable = 14,
        DataLoss = 15,
        Unauthenticated = 16,
    }

    public StatusCode Code { get; private init; }

    public byte[]? RawStatus { get; private init; }

    public Lazy<Status?> GrpcStatus { get; private init; }
}
