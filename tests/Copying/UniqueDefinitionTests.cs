using Orchestrator.Activities.Copy;

namespace Orchestrator.Tests.Copying;

public sealed class UniqueDefinitionTests
{
    [Theory]
    [InlineData("alter table s.t add constraint t_key UNIQUE (a, b)", "a, b", null)]
    [InlineData("alter table s.t add constraint \"odd (name)\" PRIMARY KEY (id) INCLUDE (note)", "id", null)]
    [InlineData("CREATE UNIQUE INDEX i ON s.t USING btree (lower(name), \"a)b\") WHERE (NOT deleted)", "lower(name), \"a)b\"", "(NOT deleted)")]
    public void Columns_and_condition_are_read_from_what_PostgreSQL_writes(string definition, string columns, string? where) =>
        Assert.Equal(new UniqueDefinition(columns, where), UniqueDefinition.TryParse(definition));

    [Theory]
    [InlineData("CREATE UNIQUE INDEX i ON s.t USING btree (name text_pattern_ops)")]
    [InlineData("CREATE UNIQUE INDEX i ON s.t USING btree (at DESC)")]
    [InlineData("alter table s.t add constraint c CHECK (a > 0)")]
    public void What_says_more_than_which_columns_is_left_alone(string definition) => Assert.Null(UniqueDefinition.TryParse(definition));
}
