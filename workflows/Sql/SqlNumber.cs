namespace Orchestrator.Workflows.Sql;

/// <summary>Where a numeric literal ends: decimal, with fraction and exponent, or 0x, 0o, 0b; underscores between digits.</summary>
internal static class SqlNumber
{
    public static int End(string sql, int start)
    {
        if (sql[start] == '0' && start + 1 < sql.Length && Radix(sql[start + 1]) is { } isDigit)
        {
            var end = Digits(sql, start + 2, isDigit);
            if (end > start + 2)
            {
                return end;
            }
        }

        var at = Digits(sql, start, char.IsAsciiDigit);
        // 1..10 is a range of PL/pgSQL, not the number 1. followed by .10.
        if (at < sql.Length && sql[at] == '.' && !(at + 1 < sql.Length && sql[at + 1] == '.'))
        {
            at = Digits(sql, at + 1, char.IsAsciiDigit);
        }

        return Exponent(sql, at);
    }

    private static int Exponent(string sql, int at)
    {
        if (at >= sql.Length || sql[at] is not ('e' or 'E'))
        {
            return at;
        }

        var digits = at + 1 < sql.Length && sql[at + 1] is '+' or '-' ? at + 2 : at + 1;
        var end = Digits(sql, digits, char.IsAsciiDigit);
        return end > digits ? end : at;
    }

    private static int Digits(string sql, int at, Func<char, bool> isDigit)
    {
        while (at < sql.Length && (isDigit(sql[at]) || (sql[at] == '_' && at + 1 < sql.Length && isDigit(sql[at + 1]))))
        {
            at++;
        }

        return at;
    }

    private static Func<char, bool>? Radix(char mark) => mark switch
    {
        'x' or 'X' => char.IsAsciiHexDigit,
        'o' or 'O' => c => c is >= '0' and <= '7',
        'b' or 'B' => c => c is '0' or '1',
        _ => null,
    };
}
