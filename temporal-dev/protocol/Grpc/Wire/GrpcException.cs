using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace TemporalDev.Protocol.Grpc;

/// <summary>A call that ended with a status other than OK: thrown by handlers on the server and by calls on the client.</summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "A status without a code does not exist.")]
public sealed class GrpcException : Exception
{
    public GrpcException(GrpcStatusCode code, string message, params IMessage[] details)
        : this(code, message, [.. details.Select(Any.Pack)], cause: null)
    {
    }

    internal GrpcException(GrpcStatusCode code, string message, IReadOnlyList<Any> details, Exception? cause)
        : base(message, cause)
    {
        ArgumentOutOfRangeException.ThrowIfEqual(code, GrpcStatusCode.Ok);
        Code = code;
        Details = details;
    }

    internal GrpcException(GrpcStatusCode code, string message, Exception cause)
        : this(code, message, [], cause)
    {
    }

    public GrpcStatusCode Code { get; }

    /// <summary>The typed details of <c>grpc-status-details-bin</c>, in the order in which the server gave them.</summary>
    public IReadOnlyList<Any> Details { get; }

    public bool TryGetDetail<T>([NotNullWhen(true)] out T? detail)
        where T : class, IMessage, new()
    {
        foreach (var candidate in Details)
        {
            if (candidate.TryUnpack<T>(out var unpacked))
            {
                detail = unpacked;
                return true;
            }
        }

        detail = null;
        return false;
    }

    public override string ToString() => $"{Code}: {base.ToString()}";
}
