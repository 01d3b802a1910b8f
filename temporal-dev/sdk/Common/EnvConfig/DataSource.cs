using System.Text;

namespace Temporalio.Common.EnvConfig;

/// <summary>Content of a file, or where the file is.</summary>
public sealed class DataSource
{
    private DataSource()
    {
    }

    public string? Path { get; private init; }

    public byte[]? Data { get; private init; }

    public static DataSource FromPath(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new() { Path = path };
    }

    public static DataSource FromUTF8String(string content)
    {
        ArgumentNullException.ThrowIfNull(content);
        return new() { Data = Encoding.UTF8.GetBytes(content) };
    }

    public static DataSource FromBytes(byte[] data)
    {
        ArgumentNullException.ThrowIfNull(data);
        return new() { Data = data };
    }

    internal byte[] GetBytes() => Data ?? File.ReadAllBytes(Path!);
}
