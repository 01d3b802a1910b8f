using Microsoft.AspNetCore.Http;
using TemporalDev.Protocol.Grpc;

namespace TemporalDev.Server.Http;

/// <summary>
/// A page from anywhere may make a browser send requests to this machine, and a body of JSON needs nobody's leave for that.
/// Programs send no Origin; a page that this address itself served names it.
/// </summary>
internal static class CrossSite
{
    public static void Refuse(HttpRequest request)
    {
        foreach (var origin in request.Headers.Origin)
        {
            if (!Uri.TryCreate(origin, UriKind.Absolute, out var page) || !string.Equals(page.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase))
            {
                throw new GrpcException(GrpcStatusCode.PermissionDenied, "pages of other sites may not call this service");
            }
        }
    }
}
