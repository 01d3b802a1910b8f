using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Orchestrator.Workflows.Contracts;
using Temporalio.Exceptions;
using Temporalio.Worker.Interceptors;

namespace Orchestrator.Worker;

/// <summary>Counts and times what activities do, and puts run, batch and step on every line that they log.</summary>
internal sealed class ActivityWatch(WorkerMetrics metrics, ILogger<ActivityWatch> logger) : IWorkerInterceptor
{
    public ActivityInboundInterceptor InterceptActivity(ActivityInboundInterceptor nextInterceptor) => new Inbound(nextInterceptor, metrics, logger);

    /// <summary>What an activity is about, as far as its arguments say.</summary>
    public static IReadOnlyDictionary<string, object> PropertiesOf(IEnumerable<object?> arguments)
    {
        var (batch, step, run) = arguments.FirstOrDefault() switch
        {
            StepReference reference => (reference.Batch, reference.Step, reference.Batch.Run),
            BatchReference reference => (reference, null, reference.Run),
            RunReference reference => (null, null, reference),
            CheckRound round => (round.Batch, null, round.Batch.Run),
            DecisionRecord record => (record.Batch, null, record.Batch.Run),
            SteeringRecord record => (record.Batch, null, record.Batch.Run),
            BatchClosing closing => (closing.Batch, null, closing.Batch.Run),
            RunClosing closing => (null, null, closing.Run),
            _ => ((BatchReference?)null, (string?)null, (RunReference?)null),
        };
        var properties = new Dictionary<string, object>();
        Add("Run", run?.Run);
        Add("Environment", run?.Environment);
        Add("Batch", batch?.Batch);
        Add("Step", step);
        return properties;

        void Add(string name, object? value)
        {
            if (value is not null)
            {
                properties[name] = value;
            }
        }
    }

    private sealed class Inbound(ActivityInboundInterceptor next, WorkerMetrics metrics, ILogger logger) : ActivityInboundInterceptor(next)
    {
        public override async Task<object?> ExecuteActivityAsync(ExecuteActivityInput input)
        {
            var properties = PropertiesOf(input.Args);
            using var scope = logger.BeginScope(properties);
            foreach (var (property, value) in properties)
            {
                Activity.Current?.SetTag($"orchestrator.{property.ToLowerInvariant()}", value);
            }

            var name = input.Activity.Name ?? "";
            var begun = Stopwatch.GetTimestamp();
            metrics.Began(name);
            var outcome = "failed";
            try
            {
                var result = await Next.ExecuteActivityAsync(input);
                outcome = "completed";
                return result;
            }
            catch (Exception e) when (TemporalException.IsCanceledException(e))
            {
                outcome = "canceled";
                throw;
            }
            finally
            {
                var elapsed = Stopwatch.GetElapsedTime(begun);
                metrics.Ended(name, outcome, elapsed);
                logger.LogInformation("Activity {Activity} {Outcome} after {Elapsed}", name, outcome, elapsed);
            }
        }
    }
}
