namespace Orchestrator.Tests.Cli;

/// <summary>A command that runs in an <see cref="OrchestratorShell" />.</summary>
internal sealed class ShellCommand(string[] arguments)
{
    private readonly Spoken _said = new();
    private readonly TaskCompletionSource<int> _exit = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Said => _said.ToString();

    public Task SaysAsync(string expected) => _said.HasAsync(expected, () => _exit.Task.IsCompleted);

    public async Task<int> ExitAsync()
    {
        try
        {
            return await _exit.Task.WaitAsync(Spoken.Patience);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"{string.Join(' ', arguments)} has not ended for {Spoken.Patience}. It said: {Said}");
        }
    }

    internal void Hear(string? text, int? code)
    {
        _said.Add(text);
        if (code is { } exit)
        {
            _exit.TrySetResult(exit);
        }
    }
}
