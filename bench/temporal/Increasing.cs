using Temporalio.Activities;

namespace Orchestrator.Bench.Temporal;

public static class Increasing
{
    [Activity("increase")]
    public static int Increase(int number) => number + 1;
}
