using System.Collections.Frozen;
using Orchestrator.Workflows.Sql.Syntax;

namespace Orchestrator.Workflows.Lint;

/// <summary>
/// Whether a default gives each row a value of its own, so that adding the column writes every row. A function that is not known counts
/// as volatile, as it does in PostgreSQL unless it was created as something else.
/// </summary>
internal static class Volatility
{
    public static FrozenSet<string> KnownStable { get; } =
        """
        abs array array_append array_fill array_to_json ascii bit_length btrim cardinality cast ceil ceiling char_length chr coalesce concat
        concat_ws convert_from convert_to current_date current_database current_schema current_setting current_time current_timestamp
        current_user date_part date_trunc daterange decode encode extract floor format greatest hashtext inet_client_addr initcap int4range
        int8range json_build_array json_build_object json_object jsonb_build_array jsonb_build_object jsonb_object least left length
        localtime localtimestamp lower lpad ltrim make_date make_interval make_time make_timestamp make_timestamptz md5 mod now nullif
        numrange overlay pg_current_xact_id pi position quote_ident quote_literal repeat replace reverse right round row row_to_json rpad
        rtrim session_user sha256 sign split_part statement_timestamp strpos substr substring timezone to_char to_date to_hex to_json to_jsonb
        to_number to_timestamp transaction_timestamp trim trunc tsrange tstzrange txid_current upper user uuid_generate_v5
        uuid_ns_dns uuid_nil
        """.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries).ToFrozenSet();

    public static bool IsVolatile(Expression? expression) => expression is not null && expression.Calls.Any(call => !KnownStable.Contains(call));

    public static string? Culprit(Expression? expression) => expression?.Calls.FirstOrDefault(call => !KnownStable.Contains(call));
}
