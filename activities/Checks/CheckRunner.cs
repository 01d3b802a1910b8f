using Npgsql;
using Orchestrator.Activities.Checks.Kinds;
using Orchestrator.Activities.Compare;
using Orchestrator.Activities.Postgres;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Activities.Checks;

/// <summary>Measures checks, a few at a time; each kind has its own file.</summary>
internal sealed class CheckRunner(CheckSite site)
{
    // More at once would crowd out the application whose database this is.
    private const int AtOnce = 4;

    public async Task<IReadOnlyList<(Check Check, Measurement Measurement, TimeSpan Elapsed)>> MeasureAsync(
        IReadOnlyList<Check> checks, CancellationToken cancel)
    {
        var results = new (Check, Measurement, TimeSpan)[checks.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancel };
        await Parallel.ForAsync(0, checks.Count, options, async (i, stop) =>
        {
            var started = site.Time.GetTimestamp();
            var measurement = await MeasureAsync(checks[i], stop);
            results[i] = (checks[i], measurement, site.Time.GetElapsedTime(started));
        });
        return results;
    }

    public async Task<Measurement> MeasureAsync(Check check, CancellationToken cancel)
    {
        try
        {
            return await DispatchAsync(check, cancel);
        }
        catch (PostgresException e) when (!cancel.IsCancellationRequested && !PostgresFailures.IsServerGone(e))
        {
            // A check that cannot be measured says so; it never passes, and it never stops the others from being measured.
            return Measurement.Inconclusive(PostgresFailures.Describe(e));
        }
    }

    private Task<Measurement> DispatchAsync(Check check, CancellationToken cancel) => check switch
    {
        ScalarCheck scalar => Scalar.MeasureAsync(scalar, site, cancel),
        ZeroRowsCheck zeroRows => ZeroRows.MeasureAsync(zeroRows, site, cancel),
        BaselineCheck baseline => Baseline.MeasureAsync(baseline, site, cancel),
        ExpectedFailureCheck failure => ExpectedFailure.MeasureAsync(failure, site, cancel),
        UsesIndexCheck usesIndex => UsesIndex.MeasureAsync(usesIndex, site, cancel),
        RowParityCheck parity => RowParity.MeasureAsync(parity, site, cancel),
        SameContentCheck same => new SameContent(site).MeasureAsync(same, cancel),
        SumParityCheck sums => SumParity.MeasureAsync(sums, site, cancel),
        DuplicatesCheck duplicates => Duplicates.MeasureAsync(duplicates, site, cancel),
        OrphansCheck orphans => Orphans.MeasureAsync(orphans, site, cancel),
        NullsCheck nulls => Nulls.MeasureAsync(nulls, site, cancel),
        ObjectsCheck objects => Objects.MeasureAsync(objects, site, cancel),
        ColumnsCheck columns => Columns.MeasureAsync(columns, site, cancel),
        EnumCheck values => EnumValues.MeasureAsync(values, site, cancel),
        IndexCheck index => IndexShape.MeasureAsync(index, site, cancel),
        ConstraintCheck constraint => ConstraintShape.MeasureAsync(constraint, site, cancel),
        EnvironmentCheck environment => Task.FromResult(Variables.Measure(environment, site)),
        FlagCheck flag => FlagValue.MeasureAsync(flag, site, cancel),
        DiskCheck disk => DiskRoom.MeasureAsync(disk, site, cancel),
        BackupCheck backup => Backup.MeasureAsync(backup, site, cancel),
        UnmappedCheck unmapped => UnmappedCount.MeasureAsync(unmapped, site, cancel),
        RehearsedCheck rehearsed => Rehearsed.MeasureAsync(rehearsed, site, cancel),
        _ => throw new InvalidOperationException($"No measurement for {check.GetType().Name}."),
    };
}
