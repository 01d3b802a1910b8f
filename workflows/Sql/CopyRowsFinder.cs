namespace Orchestrator.Workflows.Sql;

/// <summary>
/// Dumps hold <c>copy ... from stdin;</c> followed by rows and a line of <c>\.</c>. Rows are no SQL: an apostrophe in one of them would
/// swallow the rest of the file.
/// </summary>
internal sealed class CopyRowsFinder(string sql)
{
    private const string EndMark = "\\.";

    private bool _inStatement;
    private bool _isCopy;
    private bool _fromStdin;
    private int? _rowsAfter;
    private bool _noEndMarkAhead;

    public void See(SqlToken token)
    {
        if (!token.IsCode)
        {
            return;
        }

        var text = sql.AsSpan(token.Start, token.Length);
        if (token.Kind == SqlTokenKind.Symbol && text is ";")
        {
            _rowsAfter = _isCopy && _fromStdin ? token.End : null;
            _inStatement = _isCopy = _fromStdin = false;
            return;
        }

        if (!_inStatement)
        {
            _isCopy = text.Equals("copy", StringComparison.OrdinalIgnoreCase);
            _inStatement = true;
        }

        _fromStdin |= token.Kind == SqlTokenKind.Word && text.Equals("stdin", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The end of the rows, if they begin at this offset.</summary>
    public int? RowsEnd(int at)
    {
        if (_rowsAfter is not { } semicolon || at <= semicolon || sql[at - 1] != '\n')
        {
            return null;
        }

        _rowsAfter = null;
        return _noEndMarkAhead ? null : FindEndMark(at);
    }

    private int? FindEndMark(int from)
    {
        for (var line = from; line < sql.Length;)
        {
            var lineEnd = sql.IndexOf('\n', line);
            lineEnd = lineEnd < 0 ? sql.Length : lineEnd;
            if (sql.AsSpan(line, lineEnd - line).TrimEnd('\r') is EndMark)
            {
                return lineEnd;
            }

            line = lineEnd + 1;
        }

        // Remembered, so that a file with thousands of such statements is not searched thousands of times.
        _noEndMarkAhead = true;
        return null;
    }
}
