using System.Text;
using Npgsql;
using Orchestrator.Activities.Checks;
using Orchestrator.Activities.Checks.Kinds;
using Orchestrator.Activities.Postgres;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Activities.OwnUndo;

/// <summary>Asks until the answer is right, or until there is no time left.</summary>
internal sealed class SmokeRunner(NpgsqlDataSource database, SmokeStep step, Func<string, string?> readVariable, TimeProvider time)
{
    private const int BodyBytes = 64 * 1024;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan OneAnswer = TimeSpan.FromSeconds(10);

    // One for all: a client holds the connections that the next one would have to make again.
    private static readonly HttpClient Http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = OneAnswer };

    public async Task<StepEffect> RunAsync(CancellationToken cancel)
    {
        var started = time.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            var (works, answer) = await TryAsync(cancel);
            if (works)
            {
                return new StepEffect(Effect.Nothing, 0, $"{answer}, attempt {attempt}");
            }

            if (time.GetElapsedTime(started) + Pause > step.Within)
            {
                throw new RefusalException($"It does not work: {answer} ({attempt} attempts in {step.Within.TotalSeconds:0} s).");
            }

            await Task.Delay(Pause, time, cancel);
        }
    }

    private Task<(bool Works, string Answer)> TryAsync(CancellationToken cancel) =>
        step.Http is { } probe ? TryHttpAsync(probe, cancel) : TrySqlAsync(step.Sql!, cancel);

    private async Task<(bool, string)> TrySqlAsync(SqlProbe probe, CancellationToken cancel)
    {
        try
        {
            await using var look = await Look.TakeAsync(database, LookMode.ReadOnly, cancel);
            var (value, complaint) = await Scalar.NumberAsync(look, probe.Query, cancel);
            return value is { } number
                ? (probe.Rule.Judge(number) == Verdict.Pass, $"measured {Measurement.Text(number)}, wanted {probe.Rule}")
                : (false, complaint);
        }
        catch (PostgresException e) when (!cancel.IsCancellationRequested)
        {
            return (false, PostgresFailures.Describe(e));
        }
    }

    private async Task<(bool, string)> TryHttpAsync(HttpProbe probe, CancellationToken cancel)
    {
        var uri = UriOf(probe);
        try
        {
            using var answer = await Http.GetAsync(uri, HttpCompletionOption.ResponseHeadersRead, cancel);
            var status = (int)answer.StatusCode;
            if (status != probe.Status)
            {
                return (false, $"{probe.Path} answered {status}, wanted {probe.Status}");
            }

            return probe.Contains is not { } text || (await ReadStartAsync(answer, cancel)).Contains(text, StringComparison.Ordinal)
                ? (true, $"{probe.Path} answered {status}")
                : (false, $"{probe.Path} answered {status} without the text that was wanted");
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return (false, e is OperationCanceledException ? $"{probe.Path} did not answer within {OneAnswer.TotalSeconds} s" : $"{probe.Path}: {e.Message}");
        }
    }

    private Uri UriOf(HttpProbe probe)
    {
        var address = readVariable(probe.Variable)
            ?? throw new RefusalException($"The environment variable {probe.Variable} is not set in the worker: it must hold the address that is to be tried.");
        return Uri.TryCreate(address, UriKind.Absolute, out var host) && host.Scheme is "http" or "https"
            ? new Uri(host, probe.Path)
            // The address may hold a password, so it is not repeated.
            : throw new RefusalException($"The environment variable {probe.Variable} does not hold an address that begins with http:// or https://.");
    }

    private static async Task<string> ReadStartAsync(HttpResponseMessage answer, CancellationToken cancel)
    {
        await using var body = await answer.Content.ReadAsStreamAsync(cancel);
        var start = new byte[BodyBytes];
        var read = await body.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancel);
        return Encoding.UTF8.GetString(start, 0, read);
    }
}
