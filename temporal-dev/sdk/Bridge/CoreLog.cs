using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Temporalio.Bridge;

/// <summary>The core's own log, written to the loggers of the workers that run on it.</summary>
internal sealed class CoreLog
{
    private ImmutableList<ILoggerFactory> _factories = [];

    /// <summary>Until the registration is disposed, what the core logs goes to this factory too.</summary>
    public IDisposable Attach(ILoggerFactory factory)
    {
        ImmutableInterlocked.Update(ref _factories, list => list.Add(factory));
        return new Registration(() => ImmutableInterlocked.Update(ref _factories, list => list.Remove(factory)));
    }

    public void Write(byte[] entries)
    {
        foreach (var entry in JsonSerializer.Deserialize<Entry[]>(entries, JsonSerializerOptions.Web)!)
        {
            foreach (var factory in _factories.Distinct())
            {
                Write(factory, entry);
            }
        }
    }

    private static void Write(ILoggerFactory factory, Entry entry)
    {
        var logger = factory.CreateLogger($"Temporalio.Core.{entry.Target}");
        var level = entry.Level switch
        {
            "TRACE" => LogLevel.Trace,
            "DEBUG" => LogLevel.Debug,
            "INFO" => LogLevel.Information,
            "WARN" => LogLevel.Warning,
            _ => LogLevel.Error,
        };
        if (entry.Fields.ValueKind == JsonValueKind.Object && entry.Fields.EnumerateObject().Any())
        {
            logger.Log(level, "{Message} {Fields}", entry.Message, entry.Fields);
        }
        else
        {
            logger.Log(level, "{Message}", entry.Message);
        }
    }

    private sealed record Entry(string Target, string Message, string Level, JsonElement Fields);

    private sealed class Registration(Action remove) : IDisposable
    {
        public void Dispose() => remove();
    }
}
