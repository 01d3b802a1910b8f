using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace TemporalDev.Protocol.Grpc;

/// <summary>Turns callers away that do not carry the server's API key. Without one, everybody is let in.</summary>
internal sealed class ApiKeyCheck(string? key)
{
    private readonly byte[]? _authorization = key is null ? null : Encoding.UTF8.GetBytes(GrpcHeaders.BearerPrefix + key);

    public void Require(HttpRequest request)
    {
        if (_authorization is not null && !IsAuthorized(request.Headers.Authorization))
        {
            throw new GrpcException(GrpcStatusCode.Unauthenticated, "the call needs 'authorization: Bearer' with the server's API key");
        }
    }

    private bool IsAuthorized(string? header) =>
        header is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(header), _authorization);
}
