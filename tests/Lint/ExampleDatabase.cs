using Npgsql;
using Orchestrator.Tests.Support;
using Orchestrator.Workflows.Lint;
using Orchestrator.Workflows.Sql;

namespace Orchestrator.Tests.Lint;

/// <summary>The tables of the rules' examples on a real server: one database that every test leaves as it was, and copies for those that cannot.</summary>
public sealed class ExampleDatabase : IAsyncLifetime
{
    private static readonly Task<string> Template = TestCluster.TemplateAsync("lint_examples", PrepareAsync);

    private string _shared = "";

    public int Version { get; private set; }

    public async Task InitializeAsync()
    {
        _shared = await TestCluster.CreateDatabaseAsync(await Template);
        await using var session = await OpenAsync();
        Version = session.Version;
    }

    public Task DisposeAsync() => TestCluster.DropDatabaseAsync(_shared);

    internal Task<ExampleSession> OpenAsync() => ExampleSession.OpenAsync(_shared, ownsDatabase: false);

    internal static async Task<ExampleSession> CopyAsync() =>
        await ExampleSession.OpenAsync(await TestCluster.CreateDatabaseAsync(await Template), ownsDatabase: true);

    private static async Task PrepareAsync(string connectionString)
    {
        await using var session = await ExampleSession.OpenAsync(connectionString, ownsDatabase: false);
        await session.RunAsync(ExampleSchema.Sql);
        // What only the tests of locks need.
        await session.RunAsync("""
            create table order_base (id bigint primary key);
            create unique index events_2026_id on events_2026 (id);
            alter table orders add constraint orders_id_small check (id < 1000000) not valid;
            alter table orders add constraint orders_customer_fkey foreign key (customer_id) references customers (id) not valid;
            create function touched() returns integer language plpgsql as 'begin return 1; end';
            """);
    }
}

internal sealed class ExampleSession : IAsyncDisposable
{
    private readonly string _connectionString;
    private readonly bool _ownsDatabase;
    private readonly NpgsqlConnection _connection;

    private ExampleSession(string connectionString, bool ownsDatabase)
    {
        _connectionString = connectionString;
        _ownsDatabase = ownsDatabase;
        _connection = new NpgsqlConnection(connectionString);
    }

    public int Version => _connection.PostgreSqlVersion.Major;

    public int ProcessId => _connection.ProcessID;

    public static async Task<ExampleSession> OpenAsync(string connectionString, bool ownsDatabase)
    {
        var session = new ExampleSession(connectionString, ownsDatabase);
        await session._connection.OpenAsync();
        return session;
    }

    public Task<ExampleSession> AnotherAsync() => OpenAsync(_connectionString, ownsDatabase: false);

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        if (_ownsDatabase)
        {
            await TestCluster.DropDatabaseAsync(_connectionString);
        }
    }

    /// <summary>Each statement by itself, as the splitter cuts them.</summary>
    public async Task RunAsync(string sql)
    {
        foreach (var statement in SqlStatements.Split(sql))
        {
            await ExecuteAsync(statement.Text);
        }
    }

    public async Task<Measurement> MeasureAsync(string statement, string relation)
    {
        await ExecuteAsync("begin");
        try
        {
            var oid = (uint)(await ScalarAsync($"select '{relation}'::regclass::oid"))!;
            var before = await LookAsync(oid);
            await ExecuteAsync(statement);
            var after = await LookAsync(oid);
            return new Measurement(await StrongestLockAsync(oid), after.WorkSince(before));
        }
        finally
        {
            await ExecuteAsync("rollback");
        }
    }

    public async Task<LockLevel?> RequestedLockAsync(int processId, string relation) =>
        Level(await ScalarAsync($"select max(mode) from pg_locks where pid = {processId} and not granted and relation = '{relation}'::regclass"));

    public Task ExecuteAsync(string sql) => ScalarAsync(sql);

    public async Task<object?> ScalarAsync(string sql)
    {
#pragma warning disable CA2100 // Literals of the tests, and the examples of the rules.
        await using var command = new NpgsqlCommand(sql, _connection) { CommandTimeout = 20 };
#pragma warning restore CA2100
        return await command.ExecuteScalarAsync() is var value and not DBNull ? value : null;
    }

    private async Task<LockLevel?> StrongestLockAsync(uint oid)
    {
        var modes = (string[])(await ScalarAsync($"select array_agg(mode) from pg_locks where pid = pg_backend_pid() and granted and relation = {oid}") ?? Array.Empty<string>());
        return modes.Select(Level).Max();
    }

    private async Task<Sight> LookAsync(uint oid) => new(
        (uint)(await ScalarAsync($"select coalesce((select relfilenode from pg_class where oid = {oid}), 0::oid)"))!,
        (string)(await ScalarAsync($"""
            select coalesce(string_agg(c.relfilenode::text, ',' order by c.relfilenode), '')
            from pg_index i join pg_class c on c.oid = i.indexrelid
            where {oid} in (i.indrelid, i.indexrelid)
            """))!,
        (long)(await ScalarAsync($"select coalesce(pg_stat_get_xact_numscans({oid}), 0)"))!);

    private static LockLevel? Level(object? mode) =>
        LockLevels.All.Where(level => level.Mode() == mode as string).Select(level => (LockLevel?)level).FirstOrDefault();

    private sealed record Sight(uint File, string IndexFiles, long Scans)
    {
        public TableWork WorkSince(Sight before) => this switch
        {
            _ when File != before.File && File != 0 && !before.IndexFiles.Contains(before.File.ToString(), StringComparison.Ordinal) => TableWork.Rewrite,
            _ when IndexFiles.Split(',').Except(before.IndexFiles.Split(',')).Any(file => file.Length > 0) => TableWork.BuildIndex,
            _ when Scans > before.Scans => TableWork.Scan,
            _ => TableWork.None,
        };
    }
}

internal sealed record Measurement(LockLevel? Lock, TableWork Work);
