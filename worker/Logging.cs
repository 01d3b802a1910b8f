using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Json;

namespace Orchestrator.Worker;

internal static class Logging
{
    private const long FileBytes = 20 * 1024 * 1024;
    private const int FilesKept = 5;

    public static Logger Create(WorkerSettings settings)
    {
        var configuration = new LoggerConfiguration()
            .MinimumLevel.Is(Enum.Parse<LogEventLevel>(settings.LogLevel, ignoreCase: true))
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .Enrich.FromLogContext()
            .WriteTo.Console(outputTemplate: "{Timestamp:HH:mm:ss} {Level:u3} {Message:lj}{NewLine}{Exception}");
        if (settings.LogFile is { } file)
        {
            configuration.WriteTo.File(
                new JsonFormatter(renderMessage: true),
                file,
                fileSizeLimitBytes: FileBytes,
                rollOnFileSizeLimit: true,
                retainedFileCountLimit: FilesKept);
        }

        return configuration.CreateLogger();
    }
}
