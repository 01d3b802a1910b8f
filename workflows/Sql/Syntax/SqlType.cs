using System.Collections.Immutable;

namespace Orchestrator.Workflows.Sql.Syntax;

/// <summary>A type by its shortest name (<c>varchar</c>, <c>timestamptz</c>, <c>integer</c>), with what stands in its parentheses.</summary>
internal sealed record SqlType(string Name, ImmutableArray<int> Modifiers, bool IsArray)
{
    public bool IsSerial => Name is "smallserial" or "serial" or "bigserial";

    public bool Equals(SqlType? other) =>
        other is not null && Name == other.Name && IsArray == other.IsArray && Modifiers.SequenceEqual(other.Modifiers);

    public override int GetHashCode() => HashCode.Combine(Name, IsArray, Modifiers.Length);

    public override string ToString() =>
        Name + (Modifiers.IsEmpty ? "" : $"({string.Join(", ", Modifiers)})") + (IsArray ? "[]" : "");

    public static string Canonical(string name) => name switch
    {
        "int" or "int4" => "integer",
        "int2" => "smallint",
        "int8" => "bigint",
        "bool" => "boolean",
        "decimal" or "dec" => "numeric",
        "real" => "float4",
        "double precision" or "float" => "float8",
        "character varying" or "char varying" or "national character varying" or "national char varying" or "nchar varying" => "varchar",
        "character" or "national character" or "national char" or "nchar" or "bpchar" => "char",
        "bit varying" => "varbit",
        "timestamp without time zone" => "timestamp",
        "timestamp with time zone" => "timestamptz",
        "time without time zone" => "time",
        "time with time zone" => "timetz",
        "serial2" => "smallserial",
        "serial4" => "serial",
        "serial8" => "bigserial",
        _ => name,
    };
}
