using Orchestrator.Workflows.Contracts;
using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace Orchestrator.Workflows;

/// <summary>What people hold a batch by: pause, resume, abort.</summary>
internal sealed class Reins
{
    private CancellationTokenSource? _interrupt;
    private string? _aborted;

    public bool Paused { get; private set; }

    public bool Aborted => _aborted is not null;

    public void Pause()
    {
        Paused = true;
        _interrupt?.Cancel();
    }

    public void Resume() => Paused = false;

    public void Abort(string reason)
    {
        _aborted ??= reason;
        _interrupt?.Cancel();
    }

    /// <summary>Between two acts: waits while paused, ends the way forward when somebody said so.</summary>
    public async Task RestAsync()
    {
        await WaitAsync(async () =>
        {
            await Workflow.WaitConditionAsync(() => !Paused || Aborted);
            Workflow.CancellationToken.ThrowIfCancellationRequested();
        });
        if (_aborted is { } reason)
        {
            throw new StopException(StopCause.Aborted, reason);
        }
    }

    /// <summary>Waits for something; the workflow's own cancellation is an abort like any other.</summary>
    public static async Task WaitAsync(Func<Task> wait)
    {
        try
        {
            await wait();
        }
        catch (OperationCanceledException)
        {
            throw new StopException(StopCause.Aborted, "The workflow was cancelled.");
        }
    }

    /// <summary>Runs an act that pause and abort may cut short; after a pause it goes on from where its checkpoint is.</summary>
    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> act, StopCause causeOfFailure)
    {
        while (true)
        {
            await RestAsync();
            using var interrupt = CancellationTokenSource.CreateLinkedTokenSource(Workflow.CancellationToken);
            _interrupt = interrupt;
            try
            {
                return await act(interrupt.Token);
            }
            catch (Exception e) when (TemporalException.IsCanceledException(e))
            {
                // Paused, aborted or cancelled: the point of rest at the top of the loop knows which.
            }
            catch (Exception e) when (e is ActivityFailureException or ChildWorkflowFailureException)
            {
                throw new StopException(causeOfFailure, StopException.ReasonOf(e));
            }
            finally
            {
                _interrupt = null;
            }
        }
    }
}
