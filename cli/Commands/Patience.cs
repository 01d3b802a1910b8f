namespace Orchestrator.Cli.Commands;

/// <summary>Nothing waits without saying for what, and nothing waits for ever.</summary>
internal static class Patience
{
    private static readonly TimeSpan WorthAWord = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    public static async Task<T> WaitAsync<T>(Task<T> task, string what, TextWriter error, CancellationToken cancel)
    {
        if (await Task.WhenAny(task, Task.Delay(WorthAWord, cancel)) != task)
        {
            cancel.ThrowIfCancellationRequested();
            await error.WriteLineAsync($"Waiting for {what}.");
        }

        try
        {
            return await task.WaitAsync(Limit, cancel);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Gave up after {Limit.TotalMinutes} minutes of waiting for {what}.");
        }
    }
}
