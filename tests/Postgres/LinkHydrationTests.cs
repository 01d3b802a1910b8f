using TemporalDev.Postgres;

namespace Orchestrator.Tests.Postgres;

public sealed class LinkHydrationTests
{
    [Fact]
    public void Links_are_relative_so_that_the_package_can_be_moved()
    {
        using var scratch = new Scratch();
        Package(scratch.Folder, """[{"source":"native/lib/liba.so.1.2","target":"native/lib/liba.so.1"}]""");
        File.WriteAllText(Path.Combine(scratch.Folder, "native", "lib", "liba.so.1.2"), "library");

        LinkHydration.Hydrate(scratch.Folder);
        LinkHydration.Hydrate(scratch.Folder);

        Assert.Equal("liba.so.1.2", new FileInfo(Path.Combine(scratch.Folder, "native", "lib", "liba.so.1")).LinkTarget);
    }

    [Theory]
    [InlineData("../outside", "native/lib/a")]
    [InlineData("native/lib/a", "/etc/passwd")]
    public void A_package_that_reaches_outside_of_itself_is_refused(string source, string target)
    {
        using var scratch = new Scratch();
        Package(scratch.Folder, $$"""[{"source":"{{source}}","target":"{{target}}"}]""");

        Assert.Throws<EmbeddedPostgresException>(() => LinkHydration.Hydrate(scratch.Folder));
    }

    private static void Package(string folder, string links)
    {
        Directory.CreateDirectory(Path.Combine(folder, "native", "lib"));
        File.WriteAllText(Path.Combine(folder, "native", "pg-symlinks.json"), links);
    }
}
