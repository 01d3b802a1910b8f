namespace TemporalDev.Protocol.Grpc;

/// <summary>The status of a call that HTTP could not carry.</summary>
internal static class TransportFailures
{
    /// <summary>Whether the server reset the stream because it no longer wants to answer.</summary>
    public static bool IsCancellation(Exception failure) => (failure as Http2Exception)?.Code == Http2Error.Cancel;

    public static GrpcException Classify(Exception failure, string address)
    {
        var code = (int?)(failure as Http2Exception)?.Code switch
        {
            null => GrpcStatusCode.Unavailable,
            // NO_ERROR, REFUSED_STREAM: the server is going away or full. PROTOCOL_ERROR: among others HttpClient's
            // verdict on a connection whose pings stay unanswered. CANCEL: it was not us who cancelled, so the
            // connection was lost on the way; the official core tries again as well.
            0x0 or 0x1 or 0x7 or 0x8 => GrpcStatusCode.Unavailable,
            // ENHANCE_YOUR_CALM
            0xb => GrpcStatusCode.ResourceExhausted,
            // INADEQUATE_SECURITY
            0xc => GrpcStatusCode.PermissionDenied,
            _ => GrpcStatusCode.Internal,
        };
        return new GrpcException(code, $"call to {address} failed: {Reasons(failure)}", failure);
    }

    // The outer message often only points to the inner one, which has the reason that a person needs.
    private static string Reasons(Exception failure)
    {
        var reasons = new List<string>();
        for (var current = failure; current is not null; current = current.InnerException)
        {
            if (!reasons.Exists(reason => reason.Contains(current.Message, StringComparison.Ordinal)))
            {
                reasons.Add(current.Message);
            }
        }

        return string.Join(" / ", reasons);
    }
}
