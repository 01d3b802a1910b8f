using Microsoft.AspNetCore.Http;
using TemporalDev.Protocol.Grpc;

namespace TemporalDev.Server.Metrics;

/// <summary>Answers <c>GET /metrics</c>, to those who hold the server's key if it has one.</summary>
internal sealed class MetricsEndpoint(ServerFigures figures, string? apiKey)
{
    private readonly ApiKeyCheck _key = new(apiKey);

    public async Task HandleAsync(HttpContext context)
    {
        var response = context.Response;
        if (context.Request.Path != "/metrics" || !HttpMethods.IsGet(context.Request.Method))
        {
            response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        try
        {
            _key.Require(context.Request);
        }
        catch (GrpcException refusal)
        {
            response.StatusCode = StatusCodes.Status401Unauthorized;
            await response.WriteAsync(refusal.Message, context.RequestAborted);
            return;
        }

        response.ContentType = PrometheusText.MediaType;
        await response.WriteAsync(await figures.ReadAsync(context.RequestAborted), context.RequestAborted);
    }
}
