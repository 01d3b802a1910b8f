using System.Text;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Workflows.Gates;

/// <summary>
/// The digest that decisions are bound to: which plan, where, and what every check measured. Durations and times stay out, so
/// that measuring the same again leaves a decision valid.
/// </summary>
public static class Evidence
{
    public static string DigestOf(BatchReference batch, IReadOnlyList<CheckResult> checks)
    {
        var text = new StringBuilder()
            .Append(batch.Run.Plan).Append('\n')
            .Append(batch.Run.Environment).Append('\n')
            .Append(batch.Batch).Append('\n');
        foreach (var check in checks)
        {
            // Lengths first: a measured value that holds a newline cannot pose as another check.
            foreach (var part in new[] { check.Id, check.Verdict.ToString(), check.Rule, check.Measured ?? "", check.QueryDigest })
            {
                text.Append(part.Length).Append(':').Append(part).Append('\n');
            }
        }

        return PlanCanon.DigestOf(text.ToString());
    }
}
