using Microsoft.Extensions.Logging;

namespace Temporalio.Worker.Runs;

/// <summary>Says on which run a line was written, and writes no line twice because of a replay.</summary>
internal sealed class ReplayAwareLogger(RunState state, ILogger inner) : ILogger
{
    public IDisposable? BeginScope<TState>(TState scope)
        where TState : notnull => inner.BeginScope(scope);

    public bool IsEnabled(LogLevel logLevel) => !state.IsReplayingHistoryEvents && inner.IsEnabled(logLevel);

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState entry, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
        {
            return;
        }

        // A logger may write in the background: its tasks are not the workflow's.
        if (RunScheduler.OfThisThread is { } scheduler)
        {
            scheduler.Unwatched(() => Write(logLevel, eventId, entry, exception, formatter));
        }
        else
        {
            Write(logLevel, eventId, entry, exception, formatter);
        }
    }

    private ValueTuple Write<TState>(LogLevel logLevel, EventId eventId, TState entry, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        using var run = inner.BeginScope(state.Info.LogFields);
        using var update = RunUpdates.Current.Value is { } current ? inner.BeginScope(current.LogFields) : null;
        inner.Log(logLevel, eventId, entry, exception, formatter);
        return default;
    }
}
