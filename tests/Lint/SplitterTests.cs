using Orchestrator.Workflows.Sql;

namespace Orchestrator.Tests.Lint;

public sealed class SplitterTests
{
    [Fact]
    public void A_semicolon_ends_a_statement_only_where_the_server_reads_one()
    {
        var statements = Split("""
            -- first; remark
            insert into t values ('a;b', "c;d", $$e;f$$); /* g;h */ select 1;;
            create rule r as on insert to t do also (delete from u; delete from v);
            select 2
            """);

        Assert.Equal(
            [
                """insert into t values ('a;b', "c;d", $$e;f$$)""",
                "select 1",
                "create rule r as on insert to t do also (delete from u; delete from v)",
                "select 2",
            ],
            statements);
    }

    [Fact]
    public void The_body_of_a_standard_function_belongs_to_it()
    {
        var statements = Split("""
            create or replace function f(x int) returns int begin atomic
              select 1;
              select case when x > 0 then case x when 1 then 2 end end;
            end;
            begin; end;
            """);

        Assert.Equal(3, statements.Count);
        Assert.EndsWith("end end;\nend", statements[0].ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Equal(["begin", "end"], statements[1..]);
    }

    [Fact]
    public void A_command_of_psql_ends_with_its_line()
    {
        var statements = Split("\\set x 'it''s\nselect 1 \\gexec\n\\d jobs; really\nselect 2;");

        Assert.Equal(["\\set x 'it''s", "select 1", "\\gexec", "\\d jobs; really", "select 2"], statements);
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public void The_rows_of_a_dump_are_no_sql(string lineEnd)
    {
        var dump = string.Join(lineEnd, "copy t (a, b) from stdin;", "1\tit's; fine", "2\t/* still */ \"", "\\.", "select 1;");

        var source = SqlSource.Read(dump);

        Assert.Null(source.Fault);
        Assert.Equal(["copy t (a, b) from stdin", "select 1"], source.Statements.Select(statement => statement.Text));
    }

    [Fact]
    public void Without_the_line_that_ends_them_there_are_no_rows() =>
        Assert.Equal(["copy t from stdin", "select 1"], Split("copy t from stdin;\nselect 1;\n"));

    [Fact]
    public void A_file_of_remarks_has_no_statement() => Assert.Empty(Split("-- nothing\n/* at all */ ;; \n"));

    [Fact]
    public void A_statement_knows_its_words()
    {
        var statement = Assert.Single(SqlStatements.Split("\n  CREATE Index CONCURRENTLY \"I\" on T (a);"));

        Assert.Equal(["create", "index", "concurrently", "\"I\"", "on", "t", "(", "a", ")"], statement.Code);
        Assert.True(statement.StartsWith("create", "index"));
        Assert.False(statement.StartsWith("create", "table"));
        Assert.True(statement.Has("concurrently"));
        Assert.Equal((2, 3), (statement.Position.Line, statement.Position.Column));
    }

    [Theory]
    [InlineData("Orders", null, "orders", "orders")]
    [InlineData("Sales.\"Order\"", "sales", "Order", "sales.\"Order\"")]
    [InlineData("\"say \"\"hi\"\"\"", null, "say \"hi\"", "\"say \"\"hi\"\"\"")]
    [InlineData("U&\"d\\0061t\\+000061\"", null, "data", "data")]
    [InlineData("\"user\"", null, "user", "\"user\"")]
    public void A_name_is_read_as_the_server_reads_it(string text, string? schema, string name, string written)
    {
        var parsed = SqlName.TryParse(text);

        Assert.Equal(new SqlName(schema, name), parsed);
        Assert.Equal(written, parsed!.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("a.")]
    [InlineData(".a")]
    [InlineData("a.b.c")]
    [InlineData("a b")]
    [InlineData("\"\"")]
    [InlineData("a; drop table b")]
    public void What_is_no_name_is_refused(string text) => Assert.Null(SqlName.TryParse(text));

    private static List<string> Split(string sql) => [.. SqlStatements.Split(sql).Select(statement => statement.Text)];
}
