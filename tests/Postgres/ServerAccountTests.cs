using System.Runtime.Versioning;
using TemporalDev.Postgres;

namespace Orchestrator.Tests.Postgres;

[UnsupportedOSPlatform("windows")]
public sealed class ServerAccountTests
{
    private const string Root = "root:x:0:0:root:/root:/bin/bash";
    private const string Nobody = "nobody:x:65534:65533:nobody:/nonexistent:/usr/sbin/nologin";
    private const string Postgres = "postgres:x:101:104:PostgreSQL administrator,,,:/var/lib/postgresql:/bin/bash";

    [Fact]
    public void Root_borrows_the_account_made_for_it_first() =>
        Assert.Equal(new ServerAccount("postgres", 101, 104), ServerAccount.Choose([Root, Nobody, Postgres]));

    [Fact]
    public void Root_borrows_nobody_where_there_is_no_account_made_for_it() =>
        Assert.Equal(new ServerAccount("nobody", 65534, 65533), ServerAccount.Choose([Root, "+::::::", "", Nobody]));

    [Theory]
    [InlineData(Root)]
    [InlineData("postgres:x:0:0:root in disguise:/:/bin/sh")]
    public void An_account_that_is_root_is_not_borrowed(string line)
    {
        var refusal = Assert.Throws<EmbeddedPostgresException>(() => ServerAccount.Choose([line]));

        Assert.Contains("create one (useradd --system postgres) or run as an ordinary user", refusal.Message, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task A_folder_closed_to_the_account_is_named()
    {
        using var scratch = new Scratch();
        var closed = Directory.CreateDirectory(Path.Combine(scratch.Folder, "closed"), UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
        File.SetUnixFileMode(scratch.Folder, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite | UnixFileMode.OtherExecute);

        var refusal = await Assert.ThrowsAsync<EmbeddedPostgresException>(
            () => EmbeddedPostgres.StartAsync(scratch.Options with { Folder = Path.Combine(closed.FullName, "deep", "down") }));

        Assert.Contains($"cannot enter '{closed.FullName}'", refusal.Message, StringComparison.Ordinal);
    }
}

internal sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute() => Skip = Environment.IsPrivilegedProcess ? null : "Only root borrows an account.";
}
