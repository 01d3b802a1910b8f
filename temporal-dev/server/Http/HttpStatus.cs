using Google.Rpc;
using Microsoft.AspNetCore.Http;
using TemporalDev.Protocol.Grpc;

namespace TemporalDev.Server.Http;

/// <summary>How a gRPC status reads in HTTP.</summary>
internal static class HttpStatus
{
    public static int Code(GrpcStatusCode code) => code switch
    {
        GrpcStatusCode.Ok => StatusCodes.Status200OK,
        GrpcStatusCode.Cancelled => StatusCodes.Status499ClientClosedRequest,
        GrpcStatusCode.InvalidArgument or GrpcStatusCode.FailedPrecondition or GrpcStatusCode.OutOfRange => StatusCodes.Status400BadRequest,
        GrpcStatusCode.DeadlineExceeded => StatusCodes.Status504GatewayTimeout,
        GrpcStatusCode.NotFound => StatusCodes.Status404NotFound,
        GrpcStatusCode.AlreadyExists or GrpcStatusCode.Aborted => StatusCodes.Status409Conflict,
        GrpcStatusCode.PermissionDenied => StatusCodes.Status403Forbidden,
        GrpcStatusCode.Unauthenticated => StatusCodes.Status401Unauthorized,
        GrpcStatusCode.ResourceExhausted => StatusCodes.Status429TooManyRequests,
        GrpcStatusCode.Unimplemented => StatusCodes.Status501NotImplemented,
        GrpcStatusCode.Unavailable => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status500InternalServerError,
    };

    public static Status Body(GrpcException failure)
    {
        var status = new Status { Code = (int)failure.Code, Message = failure.Message };
        status.Details.AddRange(failure.Details);
        return status;
    }
}
