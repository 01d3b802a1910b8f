using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Dapper;
using Npgsql;
using Orchestrator.Tests.Support;
using Orchestrator.Workflows.Contracts;

namespace Orchestrator.Tests.Cli;

/// <summary>What is wrong with a database, as whoever typed <c>orchestrator run</c> gets to read it.</summary>
[TakesSeconds(25)]
public sealed class TroubleTests(TroubleTests.Service service) : IClassFixture<TroubleTests.Service>, IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("trouble-").FullName;
    private readonly string _name = $"t{Guid.NewGuid():N}";
    private string _database = "";

    public async Task InitializeAsync() => _database = await TestCluster.CreateDatabaseAsync();

    public async Task DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        await TestCluster.DropDatabaseAsync(_database);
    }

    [Fact]
    public async Task A_wrong_password_is_one_sentence_and_nothing_is_begun()
    {
        var said = await RefusedAsync(new NpgsqlConnectionStringBuilder(_database) { Password = "hunter2" }.ConnectionString);

        Assert.Contains("The database 'db' of 'prod' cannot be worked on: password authentication failed for user", said);
        Assert.DoesNotContain("hunter2", said);
    }

    [Fact]
    public async Task A_missing_privilege_is_one_sentence_and_nothing_is_begun()
    {
        await ExecuteAsync($"create role {_name} login password 'secret'");

        var said = await RefusedAsync(new NpgsqlConnectionStringBuilder(_database) { Username = _name, Password = "secret" }.ConnectionString);

        Assert.Contains("cannot be worked on: permission denied for database", said);
        await ExecuteAsync($"drop role {_name}");
    }

    [Fact]
    public async Task A_read_only_database_is_one_sentence_and_nothing_is_begun()
    {
        var name = new NpgsqlConnectionStringBuilder(_database).Database;
        await ExecuteAsync($"alter database {name} set default_transaction_read_only = on");
        NpgsqlConnection.ClearPool(new NpgsqlConnection(_database));

        Assert.Contains("cannot be worked on: cannot execute CREATE SCHEMA in a read-only transaction", await RefusedAsync(_database));
    }

    [Fact]
    public async Task A_database_that_is_not_there_is_one_sentence_and_nothing_is_begun() => Assert.Contains(
        "cannot be worked on: database \"nowhere\" does not exist",
        await RefusedAsync(new NpgsqlConnectionStringBuilder(_database) { Database = "nowhere" }.ConnectionString));

    [Fact]
    public async Task A_full_disk_is_waited_for_aloud_and_then_it_goes_on()
    {
        await ExecuteAsync("create function no_room() returns int language plpgsql as $$ begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$");
        var run = await RunAsync(_database, "select no_room()");
        await run.SaysAsync("ApplyDdl is tried again");
        await run.SaysAsync("s.sql, statement 1: could not extend file: No space left on device (SQLSTATE 53100)");

        await ExecuteAsync("create or replace function no_room() returns int language sql as 'select 1'");

        Assert.Equal(0, await run.ExitAsync());
    }

    [Fact]
    public async Task A_database_that_is_down_is_waited_for_aloud_and_left_with_the_way_back()
    {
        var down = new NpgsqlConnectionStringBuilder(_database) { Port = FreePort() }.ConnectionString;
        await WritePlanAsync(down, "select 1", "select 1");
        await using var run = StartProcess(Run);
        await run.SaysAsync("OpenBatch is tried again");
        await run.SaysAsync("Failed to connect to 127.0.0.1");

        Assert.Equal(4, await run.InterruptAsync());
        Assert.Contains("Detached. The program goes on; to come back: orchestrator run", run.Said);
        var status = service.Shell.Begin("status", _name);
        Assert.Equal(0, await status.ExitAsync());
        Assert.Contains("OpenBatch is tried again", status.Said);
        var abort = service.Shell.Begin("abort", _name, "--reason", "enough", "--as", "ada");
        await abort.ExitAsync();
        Assert.DoesNotContain("   at ", $"{status.Said}{abort.Said}{run.Said}");
    }

    [Fact]
    public async Task A_failed_undo_is_tried_again_with_a_corrected_file()
    {
        var run = await RunAsync(_database, "create table made (id int); select 1 / 0", undo: "select 1 / 0");
        await run.SaysAsync("An undo failed and waits for a person");
        var file = Path.Combine(_folder, "better.sql");
        await File.WriteAllTextAsync(file, "drop table if exists made");

        var mute = await service.Shell.SayAsync(5, "retry", _name, "--undo-file", file);
        var lost = await service.Shell.SayAsync(5, "retry", _name, "--undo-file", $"{file}.txt", "--reason", "a typing error");
        var retry = await service.Shell.SayAsync(0, "retry", _name, "--undo-file", file, "--reason", "a typing error", "--as", "ada", "--json");

        Assert.Equal(1, await run.ExitAsync());
        Assert.Contains("Say why: set 'reason'.", mute);
        Assert.Contains("There is no file", lost);
        Assert.Contains("\"path\":\"better.sql\"", retry);
        Assert.Contains("is undone: undone by better.sql (corrected, ", run.Said);
        Assert.Contains("Not done; what this batch had done is taken back.", run.Said);
    }

    [Fact]
    public async Task A_rehearsal_that_somebody_terminates_ends_the_command_with_a_sentence()
    {
        await WritePlanAsync(new NpgsqlConnectionStringBuilder(_database) { Port = FreePort() }.ConnectionString, "select 1", "select 1");
        var rehearsal = service.Shell.Begin("rehearse", _folder, "-e", "prod");
        await rehearsal.SaysAsync("Clone is tried again");
        var id = Regex.Match(rehearsal.Said, "rehearsing as (\\S+)").Groups[1].Value;

        await service.Stage.Client.GetWorkflowHandle(id).TerminateAsync("enough");

        Assert.Equal(1, await rehearsal.ExitAsync());
        Assert.DoesNotContain("   at ", rehearsal.Said);
    }

    [Fact]
    public async Task The_chain_of_a_target_is_verified_where_its_variable_is_set_and_named_where_it_is_not()
    {
        Assert.Equal(0, await (await RunAsync(_database, "create table made (id int)")).ExitAsync());
        var name = new NpgsqlConnectionStringBuilder(_database).Database;

        await using var near = StartProcess(["ledger", "verify"], (Variable, _database));
        Assert.Equal(0, await near.ExitAsync());
        var far = await service.Shell.SayAsync(0, "ledger", "verify");

        Assert.Contains($"{name}: whole.", near.Said);
        Assert.DoesNotContain($"{name}: whole.", far);
        Assert.Matches($"Not looked at, because these variables of plans are not set here: .*{Variable}", far);
    }

    private string Variable => $"{_name}_DB".ToUpperInvariant();

    private async Task<string> RefusedAsync(string target)
    {
        var run = await RunAsync(target, "create table made (id int)");

        Assert.Equal(1, await run.ExitAsync());
        Assert.DoesNotContain("   at ", run.Said);
        await using var connection = new NpgsqlConnection(service.Stage.Connection);
        Assert.Equal(0, await connection.ExecuteScalarAsync<long>(
            "select count(*) from orchestrator.batch_runs where plan = @Plan", new { Plan = _name }));
        return run.Said;
    }

    private string[] Run => ["run", _folder, "-e", "prod", "--as", "linus"];

    private async Task<ShellCommand> RunAsync(string target, string sql, string undo = "drop table if exists made")
    {
        await WritePlanAsync(target, sql, undo);
        return service.Shell.Begin(Run);
    }

    private async Task WritePlanAsync(string target, string sql, string undo)
    {
        service.Stage.Variables[Variable] = target;
        await PlanFiles.WriteAsync(
            _folder,
            $$"""
            plan: {{_name}}
            databases: [db]
            environments: { prod: { db: {{Variable}} } }
            batches:
              - id: one
                owner: ada
                steps:
                  - { id: table, kind: ddl, apply: s.sql, undo: u.sql }
            """,
            sql,
            undo);
    }

    private OrchestratorProcess StartProcess(string[] arguments, params (string, string?)[] more) =>
        OrchestratorProcess.Start(_folder, arguments, [.. service.Environment, .. more]);

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_database);
        await connection.ExecuteAsync(sql);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Temporal and a worker in this process, on the task queue that the command uses, and a shell to type it in.</summary>
    public sealed class Service : IAsyncLifetime
    {
        private readonly string _home = Directory.CreateTempSubdirectory("trouble-home-").FullName;

        internal Stage Stage { get; } = new() { TaskQueue = WorkflowIds.TaskQueue };

        internal OrchestratorShell Shell { get; private set; } = null!;

        internal (string, string?)[] Environment =>
            [("TEMPORAL_ADDRESS", Stage.Client.Connection.Options.TargetHost), ("ORCHESTRATOR_LEDGER", Stage.Connection)];

        public async Task InitializeAsync()
        {
            await Stage.InitializeAsync();
            Shell = OrchestratorShell.Start(_home, Environment);
        }

        public async Task DisposeAsync()
        {
            await Shell.DisposeAsync();
            await Stage.DisposeAsync();
            Directory.Delete(_home, recursive: true);
        }
    }
}
