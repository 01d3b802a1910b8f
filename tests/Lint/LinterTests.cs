using Orchestrator.Workflows.Lint;
using Orchestrator.Workflows.Sql;

namespace Orchestrator.Tests.Lint;

public sealed class LinterTests
{
    [Fact]
    public void A_finding_names_place_statement_lock_and_work()
    {
        var finding = Assert.Single(Lint("select 1;\n\n  alter table orders\n    alter column placed_at set not null;").Findings);

        Assert.Equal(
            ("set-not-null-scans", Severity.Error, "001.sql", "3:3", LockLevel.AccessExclusive, TableWork.Scan, RelationAge.Existing),
            (finding.Rule, finding.Severity, finding.File, finding.At.ToString(), finding.Lock, finding.Work, finding.Age));
        Assert.Equal("alter table orders\n    alter column placed_at set not null", finding.Statement.ReplaceLineEndings("\n"));
        Assert.Equal(new SqlName(null, "orders"), finding.Relation);
    }

    [Fact]
    public void A_table_that_the_plan_has_created_has_no_users_yet()
    {
        var report = Lint(
            "create table invoices (id bigint primary key, note text);",
            "alter table public.invoices alter column note set not null;\ncreate index invoices_note on invoices (note);\ntruncate \"invoices\";\ndrop table invoices;");

        Assert.Empty(report.Findings);
    }

    [Theory]
    [InlineData("create table sales.orders (id bigint primary key);")]
    [InlineData("create table \"Orders\" (id bigint primary key);")]
    [InlineData("create table invoices (id bigint primary key); alter table invoices rename to bills;")]
    [InlineData("select 'create table orders (id int)'; /* create table orders () */")]
    [InlineData("create table orders (id bigint primary key); drop table orders;")]
    public void A_table_of_another_name_makes_no_difference(string before) =>
        Assert.Contains("index-without-concurrently", Rules(before, "create index orders_note on orders (note);"));

    [Fact]
    public void A_temporary_table_hides_the_one_with_users() =>
        Assert.Empty(Rules("create temp table orders (id bigint);\ntruncate orders;\nupdate orders set id = 1;"));

    [Fact]
    public void A_table_renamed_by_the_plan_is_still_new() =>
        Assert.Empty(Rules("create table invoices (id bigint primary key);\nalter table invoices rename to bills;\nalter table bills add column n bigint not null;"));

    [Fact]
    public void Names_without_a_schema_follow_the_search_path_of_their_file()
    {
        var report = Lint(
            "set local search_path = sales, public;\ncreate table invoices (id bigint primary key);\ntruncate invoices;",
            "truncate sales.invoices;\ntruncate invoices;");

        var finding = Assert.Single(report.Findings);
        Assert.Equal(("truncate", "2:1"), (finding.Rule, finding.At.ToString()));
    }

    [Fact]
    public void The_same_name_in_another_database_is_another_table()
    {
        var report = PlanLinter.Lint(
            [
                new("1.sql", "create table invoices (id bigint primary key);") { Database = "new" },
                new("2.sql", "truncate invoices;") { Database = "old" },
                new("3.sql", "truncate invoices;") { Database = "new" },
            ],
            new LintSettings { PostgresVersion = 15 });

        Assert.Equal("2.sql", Assert.Single(report.Findings).File);
    }

    [Fact]
    public void What_the_plan_has_made_may_be_undone_and_nothing_else()
    {
        string[] undo =
        [
            "drop table invoices;", "alter table orders drop column channel;", "alter table orders drop constraint c;", "drop trigger t on orders;", "drop function f();", "drop view v;",
            "truncate orders;", "drop index i;",
        ];
        var report = PlanLinter.Lint(
            [
                .. undo.Select(text => new LintFile(text, text) { Role = FileRole.Undo }),
                new("do.sql", """
                    create table invoices (id bigint primary key);
                    alter table orders add column channel text, add constraint c check (id > 0) not valid;
                    create or replace function f() returns trigger language plpgsql as $$ begin return new; end $$;
                    create or replace view v as select 1;
                    """),
                new("trigger.sql", "-- lint: allow trigger-on-table-in-use because the table is small\ncreate trigger t before insert on orders for each row execute function f();"),
                new("index.sql", "create index concurrently i on orders (id);"),
            ],
            new LintSettings { PostgresVersion = 15 });

        Assert.Equal(["truncate", "drop-index-without-concurrently"], report.Findings.Where(finding => undo.Contains(finding.File)).Select(finding => finding.Rule));
    }

    [Fact]
    public void A_block_is_read_with_its_branches_and_its_strings()
    {
        var report = Lint("""
            do $$
            declare
              n integer := 0;
            begin
              if not exists (select 1 from pg_type where typname = 'status') then
                create type status as enum ('a');
              elsif n > 0 then
                -- lint: allow truncate because nothing is in it
                truncate customers;
              end if;
              for n in select 1 loop
                truncate orders;
              end loop;
              select count(*) into n from orders;
              execute 'drop table customers';
              execute format('drop table %I', 'orders');
            exception when duplicate_object then
              null;
            end
            $$;
            """);

        Assert.Equal(
            [("truncate", "12:5"), ("drop-table", "15:12"), ("dynamic-sql", "16:3")],
            report.Findings.Where(finding => finding.Rule != "locks-on-several-tables").Select(finding => (finding.Rule, finding.At.ToString())));
        Assert.Equal("nothing is in it", Assert.Single(report.Allowed).AllowedBecause);
    }

    [Fact]
    public void A_block_in_single_quotes_is_read_too()
    {
        var finding = Assert.Single(Lint("select 1;\ndo 'begin perform ''x''; truncate orders; end';").Findings);

        Assert.Equal(("truncate", "2:1"), (finding.Rule, finding.At.ToString()));
    }

    [Theory]
    [InlineData("delete from orders where true;", true)]
    [InlineData("delete from orders where (1 = 1);", true)]
    [InlineData("with gone as (delete from orders returning *) insert into archive values (1);", true)]
    [InlineData("delete from orders where id = 1;", false)]
    [InlineData("delete from orders using customers where orders.id = customers.id;", false)]
    public void A_condition_that_names_nothing_is_none(string sql, bool found) =>
        Assert.Equal(found, Rules(sql).Contains("whole-table-change"));

    [Theory]
    [InlineData("varchar(20)", "varchar(40)", false)]
    [InlineData("varchar(20)", "text", false)]
    [InlineData("varchar(20)", "varchar(10)", true)]
    [InlineData("numeric(10,2)", "numeric(12,2)", false)]
    [InlineData("numeric(10,2)", "numeric(12,4)", true)]
    [InlineData("integer", "bigint", true)]
    [InlineData("timestamp without time zone", "timestamptz", true)]
    [InlineData("character(3)", "text", true)]
    public void Knowing_the_old_type_tells_harmless_changes_from_others(string old, string next, bool found)
    {
        var settings = new LintSettings { PostgresVersion = 15, KnownColumns = [new(new("public", "orders"), "c", old, NotNull: false)] };

        var report = PlanLinter.Lint([new("1.sql", $"alter table orders alter c type {next};")], settings);

        Assert.Equal(found, report.Findings.Any(finding => finding.Rule == "type-change-rewrites"));
    }

    [Fact]
    public void A_validated_check_proves_that_nothing_is_null()
    {
        string[] steps =
        [
            "alter table orders add constraint c check (note is not null) not valid;",
            "alter table orders validate constraint c;",
            "alter table orders alter column note set not null;",
        ];

        Assert.Empty(Rules(steps));
        Assert.Contains("set-not-null-scans", Rules(steps[0], steps[2]));
        Assert.Contains("set-not-null-scans", Rules(steps[0], steps[1], "alter table orders alter column other set not null;"));
    }

    [Theory]
    [InlineData("alter table orders add constraint c check (id > 0) not valid, validate constraint d;")]
    [InlineData("alter table orders add column a text;\nalter table orders validate constraint d;")]
    [InlineData("alter table orders add check (id > 0) not valid;\nalter table orders validate constraint orders_id_check;")]
    public void Validating_under_any_stronger_lock_gains_nothing(string sql) => Assert.Equal(["validate-in-same-transaction"], Rules(sql));

    [Fact]
    public void Work_under_a_lock_is_said_once_and_without_the_alterations_own_risks()
    {
        var found = Rules("alter table orders add column a text;\nalter table orders add column b text check (b > '');\nupdate customers set x = 1 where id = 1;\nupdate customers set x = 2 where id = 2;");

        Assert.Equal(["column-with-check", "work-under-lock"], found);
    }

    [Theory]
    [InlineData("create table t (id int primary key);")]
    [InlineData("create table t (id serial, primary key (id));")]
    [InlineData("create table t (id integer not null);\nalter table t add constraint t_pkey primary key (id);")]
    public void A_small_key_is_found_wherever_it_becomes_one(string sql) => Assert.Contains("primary-key-too-small", Rules(sql));

    [Theory]
    [InlineData("set lock_timeout = '5s';", "set local lock_timeout = '5s';")]
    [InlineData("SET SESSION search_path = a;", "set local search_path = a;")]
    [InlineData("select pg_catalog.set_config('search_path', '', false);", "select pg_catalog.set_config('search_path', '', true);")]
    public void A_setting_is_rewritten_for_the_transaction(string sql, string safer) =>
        Assert.Equal(safer, Assert.Single(Assert.Single(Lint(sql).Findings).Safer.Files));

    [Theory]
    [InlineData(13, false)]
    [InlineData(14, true)]
    public void A_form_that_the_server_has_not_is_not_asked_for(int version, bool found) =>
        Assert.Equal(found, Lint(version, "alter table events detach partition events_2025;").Findings.Any(finding => finding.Rule == "partition-detached-without-concurrently"));

    [Theory]
    [InlineData(17, true)]
    [InlineData(18, false)]
    public void A_generated_column_is_stored_before_postgres_18_and_virtual_after(int version, bool found) =>
        Assert.Equal(found, Lint(version, "alter table orders add column n int generated always as (id * 2);").Findings.Any(finding => finding.Rule == "column-stored-generated"));

    [Theory]
    [InlineData(11)]
    [InlineData(19)]
    public void A_version_that_is_not_known_is_refused(int version) =>
        Assert.Contains(nameof(LintSettings.PostgresVersion), Assert.Throws<ArgumentOutOfRangeException>(() => new LintSettings { PostgresVersion = version }).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("'5s'", false)]
    [InlineData("2000", false)]
    [InlineData("'0.5 min'", false)]
    [InlineData("0", true)]
    [InlineData("'1min'", true)]
    [InlineData("default", true)]
    [InlineData("'soon'", true)]
    public void A_file_may_wait_less_than_it_is_allowed_to_but_not_longer(string value, bool found) =>
        Assert.Equal(found, Rules($"set local lock_timeout to {value};").Contains("lock-timeout-weakened"));

    [Fact]
    public void A_report_has_an_end_and_keeps_what_is_worst()
    {
        var notices = string.Concat(Enumerable.Range(0, 50).Select(n => $"create table t{n} (id bigint primary key, j json);\n"));

        var report = PlanLinter.Lint([new("1.sql", notices + "truncate orders;")], new LintSettings { PostgresVersion = 15, MaxFindings = 10 });

        Assert.Equal((10, 41), (report.Findings.Length, report.LeftOut));
        Assert.Equal("truncate", report.Findings[^1].Rule);
    }

    [Fact]
    public void Findings_come_in_the_order_of_the_files()
    {
        var report = Lint("select 1;\ntruncate b;", "truncate a;", "truncate c;");

        Assert.Equal(["b", "a", "c"], report.Findings.Select(finding => finding.Relation!.Name));
        Assert.True(report.HasErrors);
    }

    private static LintReport Lint(params string[] files) => Lint(15, files);

    private static LintReport Lint(int version, params string[] files) =>
        PlanLinter.Lint([.. files.Select((text, index) => new LintFile($"{index + 1:000}.sql", text))], new LintSettings { PostgresVersion = version });

    private static IEnumerable<string> Rules(params string[] files) => Lint(files).Findings.Select(finding => finding.Rule);
}
