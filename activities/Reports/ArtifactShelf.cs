using System.Text;
using Orchestrator.Activities.Ledger;
using Orchestrator.Activities.Postgres;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Activities.Reports;

/// <summary>Keeps artifacts: in the ledger always, and as files where the worker has a folder for them.</summary>
internal sealed class ArtifactShelf(Databases databases)
{
    public async Task<IReadOnlyList<Artifact>> KeepAsync(
        Guid run, string? batch, IReadOnlyList<(string Path, string Content)> written, CancellationToken cancel)
    {
        var ledger = await databases.LedgerAsync(cancel);
        await Artifacts.RecordAsync(ledger, run, batch, [.. written.Select(w => new ArtifactRow(w.Path, PlanCanon.DigestOf(w.Content), w.Content))], cancel);
        var kept = await Artifacts.ReadAsync(ledger, run, [.. written.Select(w => w.Path)], cancel);
        return [.. kept.Select(artifact => new Artifact(artifact.Path, artifact.Digest, WriteFile(artifact.Path, artifact.Content)))];
    }

    /// <summary>Where the file is; null where the worker keeps none.</summary>
    public string? WriteFile(string name, string content)
    {
        if (databases.Settings.Reports is not { } folder)
        {
            return null;
        }

        var path = Path.Combine(folder, name);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            // Whole or not at all: a reader must never see half a report.
            File.WriteAllText($"{path}.part", content, new UTF8Encoding(false));
            File.Move($"{path}.part", path, overwrite: true);
            return path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The ledger has it; a full disk must not stop a migration, and the absent path tells people.
            return null;
        }
    }
}
