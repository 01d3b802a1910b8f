using Orchestrator.Activities.Copy;

namespace Orchestrator.Tests.Copying;

public sealed class BadRowTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(1_000, 1)]
    [InlineData(1_000, 1_000)]
    [InlineData(1_000, 619)]
    public async Task The_row_is_found_wherever_it_is(int rows, int bad) => Assert.Equal($"{bad}", (await FindAsync(rows, row => row != bad))?.Single());

    [Fact]
    public async Task Of_several_the_first_is_named() => Assert.Equal("20", (await FindAsync(100, row => row is not 20 and not 21 and not 90))?.Single());

    [Fact]
    public async Task Nobody_is_blamed_where_every_row_goes_through_alone() => Assert.Null(await FindAsync(100, _ => true));

    private static Task<string[]?> FindAsync(int rows, Func<int, bool> isGood) => BadRow.FindAsync(
        null,
        null,
        (after, last) => Task.FromResult(Between(after, last, rows).All(isGood)),
        (after, last) =>
        {
            var range = Between(after, last, rows).ToList();
            return Task.FromResult(((long)range.Count, range.Count == 0 ? null : (string[]?)[$"{range[(range.Count - 1) / 2]}"]));
        });

    private static IEnumerable<int> Between(string[]? after, string[]? last, int rows) =>
        Enumerable.Range(1, rows).Where(n => (after is null || n > int.Parse(after[0])) && (last is null || n <= int.Parse(last[0])));
}
