namespace TemporalDev.Postgres;

/// <summary>A log file that never takes more than twice its limit: when full it becomes ".1" and a new one begins.</summary>
internal sealed class BoundedLog : IDisposable
{
    private const long LimitBytes = 4L * 1024 * 1024;
    private const int RecentLines = 12;

    private readonly Lock _gate = new();
    private readonly Queue<string> _recent = new();
    private readonly string _path;
    private StreamWriter _writer;
    private bool _closed;

    public BoundedLog(string path)
    {
        _path = path;
        _writer = Open(path);
    }

    /// <summary>The last lines, for the sentence that explains a failed start.</summary>
    public string Recent
    {
        get
        {
            lock (_gate)
            {
                return string.Join(Environment.NewLine, _recent);
            }
        }
    }

    public void Write(string line)
    {
        lock (_gate)
        {
            if (_closed)
            {
                return;
            }

            _recent.Enqueue(line);
            if (_recent.Count > RecentLines)
            {
                _recent.Dequeue();
            }

            if (_writer.BaseStream.Length > LimitBytes)
            {
                _writer.Dispose();
                File.Move(_path, _path + ".1", overwrite: true);
                _writer = Open(_path);
            }

            _writer.WriteLine(line);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            _writer.Dispose();
        }
    }

    private static StreamWriter Open(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.ReadWrite | FileShare.Delete };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new StreamWriter(path, options) { AutoFlush = true };
    }
}
