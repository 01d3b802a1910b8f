using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace TemporalDev.Protocol.Grpc;

/// <summary>Answers every gRPC request of a host: reads one message, calls its handler, writes one message or a status.</summary>
internal sealed class GrpcEndpoint
{
    private readonly GrpcRoutes _routes;
    private readonly GrpcServerOptions _options;
    private readonly TimeProvider _time;
    private readonly CancellationToken _stopping;
    private readonly ILogger _logger;
    private readonly ApiKeyCheck _key;

    public GrpcEndpoint(GrpcRoutes routes, GrpcServerOptions options, TimeProvider time, ILogger<GrpcEndpoint> logger, CancellationToken stopping)
    {
        options.Validate();
        (_routes, _options, _time, _stopping, _logger) = (routes, options, time, stopping, logger);
        _key = new ApiKeyCheck(options.ApiKey);
    }

    public async Task HandleAsync(HttpContext context)
    {
        if (context.Request.ContentType?.StartsWith(GrpcHeaders.ContentType, StringComparison.Ordinal) != true)
        {
            context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return;
        }

        // Without trailers there is no place for a status: gRPC needs HTTP/2.
        if (!context.Response.SupportsTrailers())
        {
            context.Response.StatusCode = StatusCodes.Status505HttpVersionNotsupported;
            return;
        }

        if (!_routes.TryOpen(_options.MaxOpenCalls))
        {
            GrpcReply.WriteStatus(context.Response, new(GrpcStatusCode.ResourceExhausted, $"the server already has {_options.MaxOpenCalls} calls in progress"));
            return;
        }

        try
        {
            await AnswerAsync(context);
        }
        catch (GrpcException refusal)
        {
            GrpcReply.WriteStatus(context.Response, refusal);
        }
        finally
        {
            _routes.Close();
        }
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "The border to the network: a bug in a handler ends its call, not the connection of others.")]
    private async Task AnswerAsync(HttpContext context)
    {
        var route = Admit(context.Request);
        var timeout = GrpcTimeout.Read(context.Request.Headers, GrpcStatusCode.Internal);
        using var ending = new CallEnding(timeout, _options.RequestReadTimeout, _time, context.RequestAborted, _stopping);
        try
        {
            var request = await GrpcRequestReader.ReadAsync(context.Request, route.Parser, _options.MaxRequestBytes, ending.Token);
            ending.StartHandling();
            var call = GrpcCall.Of(context, route, timeout, _time, ending.Token);
            GrpcReply.WriteMessage(context, await route.InvokeAsync(request, call), _options);
        }
        catch (OperationCanceledException)
        {
            throw ending.Explain();
        }
        catch (Exception bug) when (bug is not GrpcException)
        {
            _logger.LogError(bug, "Call {Method} failed", route.Path);
            throw new GrpcException(GrpcStatusCode.Internal, $"{route.Name} failed inside the server; its log says why");
        }
    }

    private GrpcRoute Admit(HttpRequest request)
    {
        _key.Require(request);
        if (_options.ServerName is { } name && request.Headers[GrpcHeaders.ServerName] is [{ } wanted] && wanted != name)
        {
            throw new GrpcException(GrpcStatusCode.Unavailable, $"the call asks for the server '{wanted}', and this is '{name}'");
        }

        var path = request.Path.Value ?? "";
        if (_routes.TryFind(path, out var route))
        {
            return route;
        }

        var separator = path.LastIndexOf('/');
        throw new GrpcException(GrpcStatusCode.Unimplemented, $"unknown method {path[(separator + 1)..]} for service {path[1..Math.Max(separator, 1)]}");
    }
}
