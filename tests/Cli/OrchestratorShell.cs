using System.Collections.Concurrent;
using System.CommandLine;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using CommandLineProgram = Orchestrator.Cli.Program;

namespace Orchestrator.Tests.Cli;

/// <summary>
/// The real command line in one process that has an environment of its own, for many commands: what it costs to start one is
/// paid once. For tests of what commands do; those of processes that come and go start each in its own.
/// </summary>
internal sealed class OrchestratorShell : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task _reading;
    private readonly ConcurrentDictionary<int, ShellCommand> _commands = [];
    private int _last;

    private OrchestratorShell(Process process)
    {
        _process = process;
        _reading = ReadAsync();
    }

    public static OrchestratorShell Start(string home, params (string Name, string? Value)[] environment)
    {
        var start = OrchestratorProcess.StartOf(typeof(OrchestratorShell).Assembly.Location, home, ["shell"], environment);
        // How it died, should it: for whoever runs the tests.
        start.RedirectStandardError = false;
        return new OrchestratorShell(Process.Start(start)!);
    }

    public ShellCommand Begin(params string[] arguments)
    {
        var id = Interlocked.Increment(ref _last);
        var command = _commands[id] = new ShellCommand(arguments);
        lock (_process)
        {
            _process.StandardInput.WriteLine(JsonSerializer.Serialize(new Order(id, arguments)));
            _process.StandardInput.Flush();
        }

        return command;
    }

    /// <summary>Runs a command to its end and returns what it said.</summary>
    public async Task<string> SayAsync(int code, params string[] arguments)
    {
        var command = Begin(arguments);
        var exit = await command.ExitAsync();
        Assert.True(exit == code, $"{string.Join(' ', arguments)} ended with {exit} and said: {command.Said}");
        return command.Said;
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _reading;
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    /// <summary>The other side: takes commands until its input ends, and does not wait for those that still run.</summary>
    public static async Task MainAsync()
    {
        var orders = Console.In;
        var answers = Console.Out;
        Console.SetIn(new NobodyThere());
        while (await orders.ReadLineAsync() is { } line)
        {
            var order = JsonSerializer.Deserialize<Order>(line)!;
            // On a thread of its own from the first line on: commands may run side by side.
            _ = Task.Run(() => ObeyAsync(order, answers));
        }
    }

    private static async Task ObeyAsync(Order order, TextWriter answers)
    {
        using var said = new Forwarder(text => Answer(new Answered(order.Id, text, null)));
        var configuration = new InvocationConfiguration { Output = said, Error = said, ProcessTerminationTimeout = null };
        var code = await CommandLineProgram.RunAsync(order.Arguments, configuration);
        Answer(new Answered(order.Id, null, code));

        void Answer(Answered answer)
        {
            lock (answers)
            {
                answers.WriteLine(JsonSerializer.Serialize(answer));
                answers.Flush();
            }
        }
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            var answer = JsonSerializer.Deserialize<Answered>(line)!;
            _commands[answer.Id].Hear(answer.Text, answer.Code);
        }

        foreach (var command in _commands.Values)
        {
            command.Hear("The shell has ended.", code: -1);
        }
    }

    private sealed record Order(int Id, string[] Arguments);

    private sealed record Answered(int Id, string? Text, int? Code);

    private sealed class Forwarder(Action<string> forward) : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => forward(value.ToString());

        public override void Write(string? value) => forward(value ?? "");

        public override void Write(char[] buffer, int index, int count) => forward(new string(buffer, index, count));

        public override void WriteLine(string? value) => forward(value + Environment.NewLine);
    }

    /// <summary>A person who is asked and does not answer.</summary>
    private sealed class NobodyThere : TextReader
    {
        public override string? ReadLine()
        {
            Thread.Sleep(Timeout.Infinite);
            return null;
        }
    }
}
