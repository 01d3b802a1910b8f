using Serilog;
using Serilog.Events;
using Serilog.Extensions.Logging;

namespace Orchestrator.Cli.Embedded;

/// <summary>A piece's log file, bounded: it outlives many runs and nobody tidies up after it.</summary>
internal static class PieceLog
{
    private const long FileLimitBytes = 4 * 1024 * 1024;
    private const int FilesKept = 3;

    public static SerilogLoggerFactory Open(StateFolder state, Piece piece)
    {
        var logger = new LoggerConfiguration()
            .MinimumLevel.Information()
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .WriteTo.File(
                Path.Combine(state.Logs, piece.Verb() + ".log"),
                fileSizeLimitBytes: FileLimitBytes,
                rollOnFileSizeLimit: true,
                retainedFileCountLimit: FilesKept)
            .CreateLogger();
        return new SerilogLoggerFactory(logger, dispose: true);
    }
}
