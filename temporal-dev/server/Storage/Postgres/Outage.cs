using Npgsql;
using TemporalDev.Protocol.Grpc;

namespace TemporalDev.Server.Storage.Postgres;

/// <summary>A database that is away for a while: weather, which whoever asked has to wait out.</summary>
internal static class Outage
{
    public static bool Is(Exception failure) => failure is PostgresException refusal
        ? refusal.IsTransient || refusal.SqlState.StartsWith("57P", StringComparison.Ordinal)
        : failure is NpgsqlException or IOException or TimeoutException;

    public static GrpcException Told() => new(GrpcStatusCode.Unavailable, "The database cannot be reached; try again.");
}
