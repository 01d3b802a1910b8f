namespace TemporalDev.Protocol.Grpc;

/// <summary>Header names and values that client and server agree on.</summary>
internal static class GrpcHeaders
{
    public const string ContentType = "application/grpc";
    public const string Timeout = "grpc-timeout";
    public const string Encoding = "grpc-encoding";
    public const string AcceptEncoding = "grpc-accept-encoding";
    public const string Status = "grpc-status";
    public const string Message = "grpc-message";
    public const string StatusDetails = "grpc-status-details-bin";
    public const string Gzip = "gzip";
    public const string Identity = "identity";
    public const string AcceptedEncodings = Identity + "," + Gzip;
    public const string ServerName = "server-name";
    public const string BearerPrefix = "Bearer ";
}
