using Microsoft.Extensions.Logging;

namespace Temporalio.Worker.Activities;

/// <summary>Says for which activity a line was written.</summary>
internal sealed class ScopedLogger(ILogger inner, IReadOnlyDictionary<string, object> scope) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => inner.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState entry, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        using var activity = inner.BeginScope(scope);
        inner.Log(logLevel, eventId, entry, exception, formatter);
    }
}
