using System.CommandLine;
using Npgsql;
using Orchestrator.Activities.Ledger;
using Orchestrator.Cli.Programs;
using Orchestrator.Cli.Rendering;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orchestrator ledger verify|export</c>: whether the record of what happened is what was written.</summary>
internal static class LedgerCommand
{
    public static Command Create() => new("ledger", "The append-only record of what happened.") { Verify(), Export() };

    private static Command Verify()
    {
        var file = new Option<string?>("--file", "-f") { Description = "An export to verify; needs neither database nor network." };
        var head = new Option<string?>("--head") { Description = "The hash of an entry that must be in the chain: shows whether its end was cut off." };
        var json = SharedOptions.Json();
        var command = new Command("verify", "Recomputes every hash and signature, and names the first entry that is not what was written.") { file, head, json };
        command.SetAction((parsed, cancel) => parsed.GetValue(file) is { } export
            ? VerifyFileAsync(parsed, export, parsed.GetValue(head), parsed.GetValue(json), cancel)
            : Scene.RunAsync(
                parsed,
                parsed.GetValue(json),
                async scene => await TellAsync(await VerifyAllAsync(scene, parsed.GetValue(head), cancel), scene.Output, scene.Json),
                cancel));
        return command;
    }

    private static Command Export()
    {
        var target = SharedOptions.Out();
        var json = SharedOptions.Json();
        var database = new Option<string?>("--database") { Description = "Name of the database on the ledger's server, when it is not the ledger's own that is wanted." };
        var command = new Command("export", "Writes the chain as JSON lines, for an auditor to keep and to verify offline.") { target, database, json };
        Scene.SetAction(command, json, async (parsed, scene, cancel) =>
        {
            await scene.LedgerAsync(cancel);
            await using var source = OpenOther(scene.Addresses.Ledger, parsed.GetValue(database));
            var path = parsed.GetValue(target);
            ChainReport report;
            if (path is null)
            {
                report = await ChainFile.WriteAsync(scene.Output, ChainReader.ReadAsync(source, cancel), cancel);
            }
            else
            {
                await using var writer = new StreamWriter(path);
                report = await ChainFile.WriteAsync(writer, ChainReader.ReadAsync(source, cancel), cancel);
                await scene.TellAsync(new { File = path, report.Entries, report.Head }, $"{report.Entries:N0} entries in {path}. Head {report.Head}.");
            }

            return report.IsWhole ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    /// <summary>With nothing at hand but the file.</summary>
    private static async Task<int> VerifyFileAsync(ParseResult parsed, string path, string? head, bool json, CancellationToken cancel)
    {
        var configuration = parsed.InvocationConfiguration;
        return (int)await Scene.GuardAsync(configuration.Error, VerifyAsync, cancel);

        async Task<ExitCode> VerifyAsync()
        {
            using var reader = new StreamReader(path);
            return await TellAsync([(path, await ChainFile.VerifyAsync(reader, head, cancel))], configuration.Output, json);
        }
    }

    /// <summary>The ledger's own chain, and that of every database that plans have worked on, as far as it can be reached from here.</summary>
    private static async Task<IReadOnlyList<(string Where, ChainReport Report)>> VerifyAllAsync(Scene scene, string? head, CancellationToken cancel)
    {
        await scene.LedgerAsync(cancel);
        var found = new List<(string, ChainReport)>();
        var survey = await ChainPlaces.ListAsync(scene.Addresses.Ledger, scene.Addresses.Local, Environment.GetEnvironmentVariable, cancel);
        if (survey.Unknown.Count > 0)
        {
            await scene.Error.WriteLineAsync($"Not looked at, because these variables of plans are not set here: {string.Join(", ", survey.Unknown)}.");
        }

        foreach (var database in survey.Places)
        {
            await using var source = NpgsqlDataSource.Create(database.ConnectionString);
            var verifier = new ChainVerifier { Head = database.IsLedger ? head : null };
            await foreach (var entry in ChainReader.ReadAsync(source, cancel))
            {
                if (!verifier.Take(entry))
                {
                    break;
                }
            }

            verifier.Close();
            found.Add((database.Name, verifier.Report));
        }

        return found;
    }

    private static async Task<ExitCode> TellAsync(IReadOnlyList<(string Where, ChainReport Report)> reports, TextWriter output, bool json)
    {
        if (json)
        {
            JsonOutput.Write(output, new { Chains = reports.Select(r => new { r.Where, Whole = r.Report.IsWhole, r.Report.Entries, r.Report.Signatures, r.Report.Head, r.Report.BrokenAt, r.Report.Reason }) });
        }
        else
        {
            foreach (var (where, report) in reports)
            {
                await output.WriteLineAsync(report.IsWhole
                    ? $"{where}: whole. {report.Entries:N0} entries, {report.Signatures:N0} signed decisions. Head {report.Head ?? "(none)"}."
                    : $"{where}: BROKEN. {report.Reason}");
            }
        }

        return reports.All(r => r.Report.IsWhole) ? ExitCode.Done : ExitCode.Failed;
    }

    private static NpgsqlDataSource OpenOther(string ledger, string? database) => NpgsqlDataSource.Create(
        database is null ? ledger : new NpgsqlConnectionStringBuilder(ledger) { Database = database }.ConnectionString);
}
