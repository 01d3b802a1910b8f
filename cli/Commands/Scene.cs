using System.CommandLine;
using Npgsql;
using Orchestrator.Activities;
using Orchestrator.Activities.Ledger;
using Orchestrator.Cli.Embedded;
using Orchestrator.Cli.Programs;
using Orchestrator.Cli.Rendering;
using Temporalio.Exceptions;

namespace Orchestrator.Cli.Commands;

/// <summary>What a verb works with: where it speaks, the Temporal service and the ledger.</summary>
internal sealed class Scene : IAsyncDisposable
{
    private readonly Stack _stack;
    private NpgsqlDataSource? _ledger;

    private Scene(Stack stack, TextWriter output, TextWriter error, bool json)
    {
        _stack = stack;
        (Output, Error, Json) = (output, error, json);
        Say = error.WriteLine;
        Line = new TemporalLine(() => stack.Addresses, TimeProvider.System);
    }

    public TextWriter Output { get; }

    public TextWriter Error { get; }

    public bool Json { get; }

    /// <summary>Where it goes what the stack has to say while the verb runs.</summary>
    public Action<string> Say { get; set; }

    public TemporalLine Line { get; }

    public bool IsEmbedded => _stack.IsEmbedded;

    public StackAddresses Addresses => _stack.Addresses;

    public static void SetAction(Command command, Option<bool> json, Func<ParseResult, Scene, CancellationToken, Task<ExitCode>> act) =>
        command.SetAction((parsed, cancel) => RunAsync(parsed, parsed.GetValue(json), scene => act(parsed, scene, cancel), cancel));

    /// <summary>Runs a verb on the stack, and tells in one sentence what went wrong.</summary>
    public static async Task<int> RunAsync(ParseResult parsed, bool json, Func<Scene, Task<ExitCode>> act, CancellationToken cancel)
    {
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        return (int)await GuardAsync(error, RunOnStackAsync, cancel);

        async Task<ExitCode> RunOnStackAsync()
        {
            Scene? told = null;
            await using var stack = await Stack.StartAsync(StackChoice.From(Environment.GetEnvironmentVariable), Tell, cancel);
            await using var scene = told = new Scene(stack, output, error, json);
            await scene.Line.ConnectAsync();
            var acting = act(scene);
            await await Task.WhenAny(acting, stack.Supervision);
            return await acting;

            void Tell(string sentence) => (told?.Say ?? error.WriteLine)(sentence);
        }
    }

    /// <summary>What a person can do something about becomes a sentence and a code; a bug stays the exception that it is.</summary>
    public static async Task<ExitCode> GuardAsync(TextWriter error, Func<Task<ExitCode>> act, CancellationToken cancel)
    {
        try
        {
            return await act();
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return ExitCode.Detached;
        }
        catch (Exception e) when (Explain(e) is { } explained)
        {
            await error.WriteLineAsync(explained.Sentence);
            return explained.Code;
        }
    }

    public async Task<NpgsqlDataSource> LedgerAsync(CancellationToken cancel)
    {
        if (_ledger is null)
        {
            _ledger = NpgsqlDataSource.Create(_stack.Addresses.Ledger);
            await LedgerSchema.EnsureAsync(_ledger, cancel);
        }

        return _ledger;
    }

    public Task TellAsync(object json, params IEnumerable<string> lines) => TellAsync(Output, Json, json, lines);

    /// <summary>One JSON object for machines, or lines for people.</summary>
    public static async Task TellAsync(TextWriter output, bool asJson, object json, IEnumerable<string> lines)
    {
        if (asJson)
        {
            JsonOutput.Write(output, json);
            return;
        }

        foreach (var line in lines)
        {
            await output.WriteLineAsync(line);
        }
    }

    /// <summary>Waits, and after a moment says for what.</summary>
    public Task<T> PatientlyAsync<T>(Task<T> task, string what, CancellationToken cancel) => Patience.WaitAsync(task, what, Error, cancel);

    public async ValueTask DisposeAsync()
    {
        if (_ledger is not null)
        {
            await _ledger.DisposeAsync();
        }
    }

    private static (string Sentence, ExitCode Code)? Explain(Exception e) => e switch
    {
        RefusedException => (e.Message, ExitCode.Refused),
        WorkflowUpdateFailedException { InnerException: { } refusal } => (refusal.Message, ExitCode.Refused),
        RefusalException => (e.Message, ExitCode.Refused),
        StackException => (e.Message, ExitCode.Failed),
        PostgresException postgres => ($"PostgreSQL refused: {postgres.MessageText} ({postgres.SqlState}).", ExitCode.Failed),
        NpgsqlException => ($"The ledger's database does not answer: {e.InnerException?.Message ?? e.Message}", ExitCode.Failed),
        WorkflowFailedException => (Words.Innermost(e), ExitCode.Failed),
        RpcException rpc => ($"Temporal: {rpc.Message}", ExitCode.Failed),
        WorkflowQueryFailedException => ($"The workflow could not be asked: {e.Message}", ExitCode.Failed),
        WorkflowUpdateRpcTimeoutOrCanceledException or TimeoutException => (e.Message, ExitCode.Failed),
        IOException or UnauthorizedAccessException => (e.Message, ExitCode.Failed),
        _ => null,
    };
}
