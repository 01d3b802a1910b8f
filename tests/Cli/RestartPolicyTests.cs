using Orchestrator.Cli.Embedded;

namespace Orchestrator.Tests.Cli;

public sealed class RestartPolicyTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_first_death_costs_nothing_and_each_further_one_waits_twice_as_long()
    {
        var policy = new RestartPolicy();

        var pauses = Enumerable.Range(0, RestartPolicy.Limit).Select(second => policy.AfterDeath(Noon.AddSeconds(second))?.TotalSeconds);

        Assert.Equal([0, 0.5, 1, 2, 4, 8], pauses);
    }

    [Fact]
    public void Too_many_deaths_within_the_window_are_given_up_on()
    {
        var policy = new RestartPolicy();
        for (var death = 0; death < RestartPolicy.Limit; death++)
        {
            Assert.NotNull(policy.AfterDeath(Noon));
        }

        Assert.Null(policy.AfterDeath(Noon + RestartPolicy.Window));
    }

    [Fact]
    public void Deaths_are_forgotten_after_the_window()
    {
        var policy = new RestartPolicy();
        for (var death = 0; death < RestartPolicy.Limit; death++)
        {
            policy.AfterDeath(Noon);
        }

        Assert.Equal(TimeSpan.Zero, policy.AfterDeath(Noon + RestartPolicy.Window + TimeSpan.FromSeconds(1)));
    }
}
