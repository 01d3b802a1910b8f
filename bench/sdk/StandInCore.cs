using Coresdk.WorkflowActivation;
using Google.Protobuf;

namespace Orchestrator.Bench.Sdk;

/// <summary>
/// Puts a module that does nothing in the core's place (standincore.cjs), with activations made beforehand: what then remains is the way through the
/// bridge and the language half.
/// </summary>
internal sealed class StandInCore : IDisposable
{
    private const string ModulesVariable = "TEMPORAL_DEV_CORE_MODULES";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bench-core-");

    public StandInCore(int ticks)
    {
        var modules = Path.Combine(_folder.FullName, "node_modules");
        var package = Directory.CreateDirectory(Path.Combine(modules, "@temporalio", "core-bridge")).FullName;
        File.Copy(Path.Combine(AppContext.BaseDirectory, "standincore.cjs"), Path.Combine(package, "index.js"));
        using (var file = File.Create(Path.Combine(package, "activations")))
        {
            foreach (var activation in Activations(ticks))
            {
                // The module writes the run id over the first string of the message.
                activation.WriteDelimitedTo(file);
            }
        }

        Environment.SetEnvironmentVariable(ModulesVariable, modules);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static IEnumerable<WorkflowActivation> Activations(int ticks)
    {
        yield return Activation(new()
        {
            InitializeWorkflow = new()
            {
                WorkflowType = "ticking",
                WorkflowId = "bench",
                Arguments = { new Temporalio.Api.Common.V1.Payload { Metadata = { ["encoding"] = ByteString.CopyFromUtf8("json/plain") }, Data = ByteString.CopyFromUtf8(ticks.ToString()) } },
                FirstExecutionRunId = "bench-run",
                StartTime = TickingHistory.Begin,
                Attempt = 1,
            },
        });
        for (var tick = 1u; tick <= ticks; tick++)
        {
            yield return Activation(new() { FireTimer = new() { Seq = tick } });
        }

        yield return Activation(new() { RemoveFromCache = new() { Reason = RemoveFromCache.Types.EvictionReason.WorkflowExecutionEnding } });
    }

    private static WorkflowActivation Activation(WorkflowActivationJob job) => new()
    {
        RunId = "run-00000000",
        Timestamp = TickingHistory.Begin,
        IsReplaying = true,
        HistoryLength = 3,
        Jobs = { job },
    };
}
