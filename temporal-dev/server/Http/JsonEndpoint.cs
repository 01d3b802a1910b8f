using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Http.Json;
using OperatorService = Temporalio.Api.OperatorService.V1;
using WorkflowService = Temporalio.Api.WorkflowService.V1;

namespace TemporalDev.Server.Http;

/// <summary>Answers calls that come as HTTP and JSON by the same handlers as those that come by gRPC.</summary>
internal sealed class JsonEndpoint(GrpcRoutes handlers, GrpcServerOptions options, TimeProvider time, ILogger<JsonEndpoint> log, CancellationToken stopping)
{
    private readonly ApiKeyCheck _key = new(options.ApiKey);

    // Reading every annotation takes a moment that a start without HTTP calls can do without.
    private readonly Lazy<HttpRouter> _router = new(() => new HttpRouter(
        [WorkflowService.ServiceReflection.Descriptor.Services[0], OperatorService.ServiceReflection.Descriptor.Services[0]]));

    public async Task HandleAsync(HttpContext context)
    {
        var (status, reply) = await AnswerAsync(context);
        var content = JsonContent.OfReply(context.Request);
        var body = MessageWriter.ToBytes(reply, content);
        context.Response.StatusCode = HttpStatus.Code(status);
        context.Response.ContentType = content.MediaType;
        context.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method) && !context.RequestAborted.IsCancellationRequested)
        {
            await context.Response.BodyWriter.WriteAsync(body, context.RequestAborted);
        }
    }

    private async Task<(GrpcStatusCode Status, IMessage Reply)> AnswerAsync(HttpContext context)
    {
        try
        {
            return (GrpcStatusCode.Ok, await CallAsync(context));
        }
        catch (GrpcException failure)
        {
            return (failure.Code, HttpStatus.Body(failure));
        }
    }

    private async Task<IMessage> CallAsync(HttpContext context)
    {
        _key.Require(context.Request);
        CrossSite.Refuse(context.Request);
        if (!handlers.TryOpen(options.MaxOpenCalls))
        {
            throw new GrpcException(GrpcStatusCode.ResourceExhausted, $"the server already has {options.MaxOpenCalls} calls in progress");
        }

        try
        {
            return await InvokeAsync(context);
        }
        finally
        {
            handlers.Close();
        }
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "The border to the network: a bug in a handler ends its call, not the connection of others.")]
    private async Task<IMessage> InvokeAsync(HttpContext context)
    {
        var match = _router.Value.Find(context.Request.Method, RawPath(context));
        var method = match.Route.Method;
        if (!handlers.TryFind(GrpcRoute.PathOf(method), out var handler))
        {
            throw new GrpcException(GrpcStatusCode.Unimplemented, $"unknown method {method.Name} for service {method.Service.FullName}");
        }

        var timeout = GrpcTimeout.Read(context.Request.Headers, GrpcStatusCode.InvalidArgument);
        using var ending = new CallEnding(timeout, options.RequestReadTimeout, time, context.RequestAborted, stopping);
        try
        {
            var body = await ReadAsync(context.Request, ending.Token);
            var request = RequestBinding.Bind(match, body, JsonContent.OfBody(context.Request), context.Request.Query);
            ending.StartHandling();
            return await handler.InvokeAsync(request, GrpcCall.Of(context, handler, timeout, time, ending.Token));
        }
        catch (OperationCanceledException)
        {
            throw ending.Explain();
        }
        catch (Exception bug) when (bug is not GrpcException)
        {
            log.LogError(bug, "Call {Method} failed", method.FullName);
            throw new GrpcException(GrpcStatusCode.Internal, $"{method.Name} failed inside the server; its log says why");
        }
    }

    /// <summary>The path before decoding, because an encoded slash belongs to an id and a plain one does not.</summary>
    private static string RawPath(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var end = target.IndexOf('?', StringComparison.Ordinal);
        return end < 0 ? target : target[..end];
    }

    private async Task<byte[]> ReadAsync(HttpRequest request, CancellationToken cancel)
    {
        while (true)
        {
            var read = await ReadMoreAsync(request.BodyReader, cancel);
            if (read.Buffer.Length > options.MaxRequestBytes)
            {
                throw new GrpcException(GrpcStatusCode.InvalidArgument, "http: request body too large");
            }

            if (read.IsCompleted)
            {
                var body = read.Buffer.ToArray();
                request.BodyReader.AdvanceTo(read.Buffer.End);
                return body;
            }

            request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static async ValueTask<ReadResult> ReadMoreAsync(PipeReader body, CancellationToken cancel)
    {
        try
        {
            return await body.ReadAsync(cancel);
        }
        catch (IOException reset)
        {
            throw new GrpcException(GrpcStatusCode.Cancelled, "the caller went away before its request was complete", reset);
        }
    }
}
