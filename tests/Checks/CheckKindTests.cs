using Dapper;
using Npgsql;
using Orchestrator.Activities.Checks;
using Orchestrator.Activities.Postgres;
using Orchestrator.Cli.Plans;
using Orchestrator.Tests.Support;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Tests.Checks;

/// <summary>Every kind from its YAML to its measurement, on two databases: one that is right, and what each check should find.</summary>
public sealed class CheckKindTests(CheckKindTests.Shops shops) : IClassFixture<CheckKindTests.Shops>
{
    [Theory]
    [InlineData("kind: row-parity, table: orders, other: { table: orders_copy }", Verdict.Fail, "4")]
    [InlineData("kind: row-parity, table: orders, other: { table: orders_copy }, tolerance: 1", Verdict.Pass, "4")]
    [InlineData("kind: row-parity, table: orders, where: id < 4, other: { table: orders_copy }", Verdict.Pass, "3")]
    [InlineData("kind: row-parity, table: orders, other: { table: archived, database: archive }", Verdict.Fail, "4")]
    [InlineData("kind: row-parity, table: orders, where: \"id <= 2 -- the old ones\", other: { table: archived, database: archive }", Verdict.Pass, "2")]
    [InlineData("kind: row-parity, table: nowhere, other: { table: orders }", Verdict.Inconclusive, null)]
    [InlineData("kind: sum-parity, table: orders, column: amount, other: { table: orders_copy }", Verdict.Fail, "100.50")]
    [InlineData("kind: sum-parity, table: orders, column: amount, other: { table: orders_copy }, tolerance: 40.5", Verdict.Pass, "100.50")]
    [InlineData("kind: sum-parity, table: orders, where: id <= 2, column: amount, other-column: total, other: { table: archived, database: archive }", Verdict.Pass, "30")]
    [InlineData("kind: duplicates, table: orders, columns: id", Verdict.Pass, "0")]
    [InlineData("kind: duplicates, table: orders, columns: [customer_id, state]", Verdict.Fail, "1")]
    [InlineData("kind: duplicates, table: orders, columns: note", Verdict.Pass, "0")]
    [InlineData("kind: orphans, table: orders", Verdict.Fail, "1")]
    [InlineData("kind: orphans, table: orders_copy", Verdict.Inconclusive, null)]
    [InlineData("kind: orphans, table: orders_copy, references: { columns: id, table: orders, table-columns: id }", Verdict.Pass, "0")]
    [InlineData("kind: orphans, table: orders_copy, references: { columns: customer_id, table: customers, table-columns: id }", Verdict.Fail, "3")]
    [InlineData("kind: nulls, table: orders, columns: [id, customer_id]", Verdict.Pass, "0")]
    [InlineData("kind: nulls, table: orders, columns: [id, note], where: id > 1", Verdict.Fail, "3")]
    public Task Rows_are_counted_and_compared(string yaml, Verdict verdict, string? measured) => ExpectAsync(yaml, verdict, measured);

    [Theory]
    [InlineData("kind: objects, names: [orders, customers]", Verdict.Pass, "2 of 2 there")]
    [InlineData("kind: objects, names: [orders, public.nowhere]", Verdict.Fail, "1 of 2 there")]
    [InlineData("kind: objects, names: [order_state], object: type", Verdict.Pass, "1 of 1 there")]
    [InlineData("kind: objects, names: [orders_open], object: index, absent: true", Verdict.Fail, "1 of 1 there")]
    [InlineData("kind: objects, names: [touch], object: function", Verdict.Pass, "1 of 1 there")]
    [InlineData("kind: objects, names: [orders], object: view", Verdict.Fail, "0 of 1 there")]
    [InlineData("kind: enum, type: order_state, values: [OPEN, PAID, LOST]", Verdict.Pass, "OPEN,PAID,LOST")]
    [InlineData("kind: enum, type: order_state, values: [OPEN, LOST, PAID]", Verdict.Fail, "OPEN,PAID,LOST")]
    [InlineData("kind: enum, type: order_state, values: [OPEN, PAID]", Verdict.Fail, "OPEN,PAID,LOST")]
    [InlineData("kind: enum, type: no_such_type, values: [OPEN]", Verdict.Fail, "no such type")]
    [InlineData("kind: columns, table: customers, columns: [id bigint not null, name varchar(20), since timestamptz(3)]", Verdict.Pass, "3 columns")]
    [InlineData("kind: columns, table: customers, columns: [name, id, since]", Verdict.Fail, "3 columns")]
    [InlineData("kind: columns, table: customers, columns: [id int]", Verdict.Fail, "3 columns")]
    [InlineData("kind: columns, table: customers, columns: [since], exact: false", Verdict.Pass, "3 columns")]
    [InlineData("kind: columns, table: customers, columns: [gone], exact: false", Verdict.Fail, "3 columns")]
    [InlineData("kind: index, table: orders, index: orders_open, columns: customer_id, unique: true, where: state = 'OPEN' and amount > 5", Verdict.Pass, "unique btree (customer_id) WHERE ((state = 'OPEN'::order_state) AND (amount > (5)::numeric))")]
    [InlineData("kind: index, table: orders, index: orders_open, columns: customer_id, where: state = 'OPEN' and amount > 5", Verdict.Fail, "unique btree (customer_id) WHERE ((state = 'OPEN'::order_state) AND (amount > (5)::numeric))")]
    [InlineData("kind: index, table: orders, index: orders_open, columns: [customer_id, id], unique: true", Verdict.Fail, "unique btree (customer_id) WHERE ((state = 'OPEN'::order_state) AND (amount > (5)::numeric))")]
    [InlineData("kind: index, table: orders, index: nothing, columns: id", Verdict.Fail, "missing")]
    [InlineData("kind: constraint, table: orders, constraint: orders_customer", Verdict.Fail, "not validated: FOREIGN KEY (customer_id) REFERENCES customers(id) NOT VALID")]
    [InlineData("kind: constraint, table: customers, constraint: customers_pkey, type: primary-key, definition: primary key ( id )", Verdict.Pass, "validated: PRIMARY KEY (id)")]
    [InlineData("kind: constraint, table: customers, constraint: customers_pkey, type: foreign-key", Verdict.Fail, "validated: PRIMARY KEY (id)")]
    public Task The_schema_is_held_against_what_was_stated(string yaml, Verdict verdict, string measured) => ExpectAsync(yaml, verdict, measured);

    [Theory]
    [InlineData("kind: expected-failure, sqlstate: 23505, constraint: orders_open, query: \"insert into orders (customer_id, state, amount) values (7, 'OPEN', 9); insert into orders (customer_id, state, amount) values (7, 'OPEN', 9)\"", Verdict.Pass, "refused with 23505 by orders_open")]
    [InlineData("kind: expected-failure, sqlstate: 23514, query: insert into orders (id) values (1)", Verdict.Fail, "refused with 23505 by orders_pkey")]
    [InlineData("kind: expected-failure, sqlstate: 23505, query: delete from orders", Verdict.Fail, "accepted")]
    [InlineData("kind: expected-failure, sqlstate: 23505, query: \"insert into orders (id) values (1); select 1\"", Verdict.Inconclusive, null)]
    [InlineData("kind: expected-failure, sqlstate: 23503, constraint: late, query: insert into letters values (99)", Verdict.Pass, "refused with 23503 by late")]
    [InlineData("kind: uses-index, index: customers_pkey, query: select * from customers where id = 500", Verdict.Pass, "uses customers_pkey")]
    [InlineData("kind: uses-index, index: customers_pkey, query: select * from customers", Verdict.Fail, "uses no index")]
    public async Task What_is_tried_is_seen_and_leaves_nothing_behind(string yaml, Verdict verdict, string? measured)
    {
        await ExpectAsync(yaml, verdict, measured);

        Assert.Equal(4, await shops.ScalarAsync("select count(*) from orders"));
        Assert.Equal(0, await shops.ScalarAsync("select count(*) from letters"));
    }

    [Theory]
    [InlineData("kind: environment, variables: [CHECKS_SET]", Verdict.Pass, "1 of 1 set")]
    [InlineData("kind: environment, variables: [CHECKS_SET, CHECKS_UNSET]", Verdict.Fail, "1 of 2 set")]
    [InlineData("kind: flag, flag: orders.new", Verdict.Pass, "off")]
    [InlineData("kind: flag, flag: orders.new, value: 25%", Verdict.Fail, "off")]
    [InlineData("kind: disk, free: 1kB", Verdict.Pass, null)]
    [InlineData("kind: disk, free: 1000TB", Verdict.Fail, null)]
    [InlineData("kind: disk, times-database: 2, query: select 5", Verdict.Fail, "0 GB free")]
    [InlineData("kind: backup, variable: CHECKS_UNSET", Verdict.Inconclusive, null)]
    [InlineData("kind: backup, variable: CHECKS_SET", Verdict.Inconclusive, null)]
    public async Task Readiness_is_looked_at(string yaml, Verdict verdict, string? measured)
    {
        var result = await shops.MeasureAsync(yaml);

        Assert.True(verdict == result.Verdict, result.ToString());
        Assert.True(measured is null || measured == result.Measured, result.ToString());
    }

    [Fact]
    public async Task What_is_wrong_is_shown()
    {
        Assert.Contains("{\"customer_id\":\"9\"}", (await shops.MeasureAsync("kind: orphans, table: orders")).Explanation);
        Assert.Contains("it is not validated", (await shops.MeasureAsync("kind: constraint, table: orders, constraint: orders_customer")).Explanation);
        Assert.Contains("LOST is not among the stated values", (await shops.MeasureAsync("kind: enum, type: order_state, values: [OPEN, PAID]")).Explanation);
        Assert.Contains("cheaper", (await shops.MeasureAsync("kind: uses-index, index: customers_pkey, query: select * from customers where id > 0")).Explanation);
        Assert.Contains("id is bigint, wanted integer", (await shops.MeasureAsync("kind: columns, table: customers, columns: [id int], exact: false")).Explanation);
        Assert.Contains("CHECKS_UNSET is not set in the worker", (await shops.MeasureAsync("kind: environment, variables: CHECKS_UNSET")).Explanation);
    }

    private async Task ExpectAsync(string yaml, Verdict verdict, string? measured)
    {
        var result = await shops.MeasureAsync(yaml);

        Assert.True((verdict, measured) == (result.Verdict, result.Measured), result.ToString());
    }

    public sealed class Shops : IAsyncLifetime
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("checks-");
        private string _shop = "";
        private string _archive = "";

        public async Task InitializeAsync()
        {
            _shop = await TestCluster.CreateDatabaseAsync();
            _archive = await TestCluster.CreateDatabaseAsync();
            await using var shop = new NpgsqlConnection(_shop);
            await shop.ExecuteAsync(
                """
                create type order_state as enum ('OPEN', 'PAID', 'LOST');
                create table customers (id bigint primary key, name varchar(20), since timestamptz(3));
                insert into customers select n, 'c' || n, now() from generate_series(10, 2000) as n;
                insert into customers values (1), (7);
                analyze customers;
                create table orders (id int generated by default as identity (start 100) primary key, customer_id bigint, state order_state, amount numeric, note text);
                insert into orders values (1, 1, 'PAID', 10, 'x'), (2, 1, 'PAID', 20, null), (3, 7, 'LOST', 30, null), (4, 9, 'LOST', 40.50, null);
                alter table orders add constraint orders_customer foreign key (customer_id) references customers (id) not valid;
                create unique index orders_open on orders (customer_id) where state = 'OPEN' and amount > 5;
                create table orders_copy as select id, -id::bigint as customer_id, amount from orders where id < 4;
                create table letters (order_id int constraint late references orders (id) deferrable initially deferred);
                create function touch() returns void language sql as 'select';
                create function touch(int) returns void language sql as 'select';
                """);
            await using var archive = new NpgsqlConnection(_archive);
            await archive.ExecuteAsync("create table archived (id int, total numeric); insert into archived values (1, 10), (2, 20)");
        }

        public async Task DisposeAsync()
        {
            await TestCluster.DropDatabaseAsync(_shop);
            await TestCluster.DropDatabaseAsync(_archive);
            _folder.Delete(recursive: true);
        }

        internal async Task<Measurement> MeasureAsync(string yaml)
        {
            var plan = Read(yaml);
            await using var databases = new Databases(new ActivitySettings { Ledger = _shop, ReadVariable = Variable });
            var run = new RunReference(Guid.NewGuid(), "", "test", "tester");
            var runner = new CheckRunner(new CheckSite(plan, run, databases, TimeProvider.System));
            return await runner.MeasureAsync(plan.Batches[0].Postchecks[0], default);
        }

        internal async Task<long> ScalarAsync(string sql)
        {
            await using var shop = new NpgsqlConnection(_shop);
            return await shop.ExecuteScalarAsync<long>(sql);
        }

        private MigrationPlan Read(string check)
        {
            var folder = _folder.CreateSubdirectory(Guid.NewGuid().ToString("N")).FullName;
            File.WriteAllText(Path.Combine(folder, "nothing.sql"), "select 1");
            File.WriteAllText(
                Path.Combine(folder, "plan.yaml"),
                $$"""
                plan: checks
                databases: [shop, archive]
                environments: { test: { shop: SHOP, archive: ARCHIVE } }
                batches:
                  - id: batch
                    owner: ada
                    steps:
                      - { id: nothing, kind: sql, database: shop, apply: nothing.sql, undo: nothing.sql }
                    postchecks:
                      - { id: check, database: shop, {{check}} }
                """);
            var reading = PlanFolder.Read(folder);
            Assert.True(reading.Plan is not null, string.Join('\n', reading.Faults));
            return PlanCanon.Read(PlanCanon.Write(reading.Plan));
        }

        private string? Variable(string name) => name switch
        {
            "SHOP" => _shop,
            "ARCHIVE" => _archive,
            "CHECKS_SET" => "value",
            _ => null,
        };
    }
}
