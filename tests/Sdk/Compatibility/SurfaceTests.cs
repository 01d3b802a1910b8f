using Orchestrator.Tests.House;
using Temporalio.Client;

namespace Orchestrator.Tests.Sdk.Compatibility;

public sealed class SurfaceTests
{
    private const string Update = "TEMPORAL_DEV_UPDATE_SURFACE";

    private static readonly string Pinned = Path.Combine(SourceTree.Root, "tests", "Sdk", "Compatibility", "surface.txt");

    /// <summary>
    /// A changed line is a change for everybody's code, and must be what the official package has. With the variable set the
    /// file is written anew.
    /// </summary>
    [Fact]
    public void The_public_surface_is_the_pinned_one()
    {
        var now = PublicSurface.Of(typeof(TemporalClient).Assembly).ToList();
        if (Environment.GetEnvironmentVariable(Update) == "1")
        {
            File.WriteAllLines(Pinned, now);
        }

        var pinned = File.ReadAllLines(Pinned);

        Assert.True(now.SequenceEqual(pinned), $"Gone:\n{string.Join('\n', pinned.Except(now))}\nNew:\n{string.Join('\n', now.Except(pinned))}");
    }
}
