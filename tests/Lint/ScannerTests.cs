using Orchestrator.Workflows.Sql;

namespace Orchestrator.Tests.Lint;

public sealed class ScannerTests
{
    [Theory]
    [InlineData("'it''s; -- no comment'")]
    [InlineData(@"'back\'")]
    [InlineData(@"e'it\'s; /* no comment */'")]
    [InlineData(@"E'\\'")]
    [InlineData(@"b'0101'")]
    [InlineData(@"X'1FF'")]
    [InlineData(@"n'national'")]
    [InlineData(@"U&'d\0061t\+000061'")]
    [InlineData("$$it's; $not$ \" over$$")]
    [InlineData("$body$ $$ inner; $$ $Body$ $body$")]
    [InlineData("$été_1$ ; $été_1$")]
    [InlineData("'one'\n  'two; three'")]
    [InlineData("'one' -- it's a remark\n 'two; three'")]
    [InlineData("E'one'\r\n'it\\'s two'")]
    public void A_string_is_one_token(string text) => Assert.Equal([(SqlTokenKind.Text, text)], Code(text));

    [Theory]
    [InlineData("\"a;b\"")]
    [InlineData("\"say \"\"hi\"\"\"")]
    [InlineData("U&\"d\\0061ta\"")]
    public void A_quoted_name_is_one_token(string text) => Assert.Equal([(SqlTokenKind.QuotedName, text)], Code(text));

    [Theory]
    [InlineData("a$b$c")]
    [InlineData("_x1")]
    [InlineData("naïve")]
    [InlineData("no\u00A0break")]
    public void A_word_is_one_token(string text) => Assert.Equal([(SqlTokenKind.Word, text)], Code(text));

    [Theory]
    [InlineData("-- it's; a remark")]
    [InlineData("/* outer /* inner; */ still 'open */")]
    [InlineData("/**/")]
    [InlineData("/*/* */*/")]
    public void A_comment_is_no_code(string text)
    {
        var token = Assert.Single(SqlScanner.Scan(text));

        Assert.Equal((SqlTokenKind.Comment, text.Length), (token.Kind, token.Length));
        Assert.False(token.IsCode);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("1.")]
    [InlineData(".5")]
    [InlineData("1.5e-10")]
    [InlineData("0xFF_AA")]
    [InlineData("0b1010")]
    [InlineData("1_000_000")]
    public void A_number_is_one_token(string text) => Assert.Equal([(SqlTokenKind.Number, text)], Code(text));

    [Theory]
    [InlineData("1=-1", "1 = - 1")]
    [InlineData("a@-b", "a @- b")]
    [InlineData("a->>'b'", "a ->> 'b'")]
    [InlineData("a+--b", "a +")]
    [InlineData("a*/*x*/b", "a * b")]
    [InlineData("a::text", "a :: text")]
    [InlineData("x:=1", "x := 1")]
    [InlineData("1..10", "1 .. 10")]
    [InlineData("a.b", "a . b")]
    [InlineData("$1+$22", "$1 + $22")]
    [InlineData("$ 1", "$ 1")]
    [InlineData("u & 'x'", "u & 'x'")]
    [InlineData("te'x'", "te 'x'")]
    [InlineData("e 'x'", "e 'x'")]
    [InlineData("'a' 'b'", "'a' 'b'")]
    public void Neighbours_are_told_apart(string sql, string tokens) =>
        Assert.Equal(tokens.Split(' '), Code(sql).Select(token => token.Text));

    [Theory]
    [InlineData("select 'a", 7, "A string")]
    [InlineData(@"select e'a\'", 7, "A string")]
    [InlineData("select 'a'\n'b", 7, "A string")]
    [InlineData("select \"a", 7, "A quoted name")]
    [InlineData("do $x$ begin $$", 3, "A dollar quote ($x$)")]
    [InlineData("select 1 /* a /* b */", 9, "A comment")]
    public void What_is_left_open_is_named_with_its_place(string sql, int offset, string what)
    {
        var source = SqlSource.Read(sql);

        Assert.Equal(new SqlFault(offset, what), source.Fault);
    }

    [Fact]
    public void What_is_closed_is_no_fault() => Assert.Null(SqlSource.Read("select 'a', \"b\", $$c$$ /* d */ -- e").Fault);

    [Fact]
    public void A_place_counts_lines_characters_and_bytes()
    {
        var source = SqlSource.Read("-- é\r\nselect '𝄞', x");

        var position = source.PositionOf(source.Text.IndexOf('x', StringComparison.Ordinal));

        Assert.Equal(new SqlPosition(Offset: 19, Byte: 22, Line: 2, Column: 13), position);
    }

    private static List<(SqlTokenKind Kind, string Text)> Code(string sql) =>
        [.. SqlScanner.Scan(sql).Where(token => token.IsCode).Select(token => (token.Kind, sql.Substring(token.Start, token.Length)))];
}
