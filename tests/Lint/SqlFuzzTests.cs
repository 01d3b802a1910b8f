using Orchestrator.Workflows.Sql;

namespace Orchestrator.Tests.Lint;

public sealed class SqlFuzzTests
{
    private const int Texts = 10_000;

    [Fact]
    public void The_tokens_of_any_text_cover_it_without_gap_or_overlap() =>
        Assert.All(TokenSoup.Texts(Texts), text =>
        {
            var at = 0;
            foreach (var token in SqlScanner.Scan(text.Sql))
            {
                Assert.Equal(at, token.Start);
                Assert.True(token.Length > 0, $"Seed {text.Seed}: an empty token at {at}.");
                at = token.End;
            }

            Assert.Equal(text.Sql.Length, at);
        });

    [Fact]
    public void The_segments_of_any_text_joined_are_the_text() =>
        Assert.All(TokenSoup.Texts(Texts), text =>
        {
            var source = SqlSource.Read(text.Sql);

            Assert.Equal(text.Sql, string.Concat(source.Segments.Select(segment => text.Sql[segment.FullStart..segment.FullEnd])));
            Assert.All(source.Statements, statement => Assert.InRange(statement.Start, statement.FullStart, statement.End));
            Assert.All(source.Statements, statement => Assert.InRange(statement.End, statement.Start, statement.FullEnd));
        });
}
