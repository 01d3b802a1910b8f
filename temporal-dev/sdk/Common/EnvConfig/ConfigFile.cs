using System.Text;
using Profile = Temporalio.Common.EnvConfig.ClientEnvConfig.Profile;

namespace Temporalio.Common.EnvConfig;

/// <summary>The profiles of a configuration file, which all Temporal SDKs and the CLI share.</summary>
internal static class ConfigFile
{
    private static readonly string[] ProfileKeys = ["address", "namespace", "api_key", "tls", "codec", "grpc_meta"];

    private static readonly string[] TlsKeys =
    [
        "disabled", "server_name", "disable_host_verification", "server_ca_cert_path", "server_ca_cert_data",
        "client_cert_path", "client_cert_data", "client_key_path", "client_key_data",
    ];

    private static readonly string[] CodecKeys = ["endpoint", "auth"];

    /// <returns>No profiles when there is no file.</returns>
    public static IReadOnlyDictionary<string, Profile> Read(DataSource? source, TemporalEnvironment environment, bool strict)
    {
        source ??= DataSource.FromPath(environment.Get("TEMPORAL_CONFIG_FILE") ?? DefaultPath());
        if (source is { Path: { } path } && !File.Exists(path))
        {
            return new Dictionary<string, Profile>();
        }

        var root = new ConfigTable("the configuration file", Toml.Parse(Encoding.UTF8.GetString(source.GetBytes())), strict);
        root.Allow("profile");
        return root.Table("profile") is { } profiles
            ? profiles.Keys.ToDictionary(name => name, name => ReadProfile(profiles.Table(name)!))
            : new Dictionary<string, Profile>();
    }

    private static string DefaultPath() =>
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData), "temporalio", "temporal.toml");

    private static Profile ReadProfile(ConfigTable table)
    {
        table.Allow(ProfileKeys);
        table.Table("codec")?.Allow(CodecKeys);
        return new(
            table.Text("address"),
            table.Text("namespace"),
            table.Text("api_key"),
            table.Table("tls") is { } tls ? ReadTls(tls) : null,
            table.Table("grpc_meta") is { } metadata
                ? metadata.Keys.ToDictionary(TemporalEnvironment.HeaderName, name => metadata.Text(name)!)
                : null);
    }

    private static ClientEnvConfig.Tls ReadTls(ConfigTable table)
    {
        table.Allow(TlsKeys);
        TemporalEnvironment.RefuseUnverifiedHosts(table.Flag("disable_host_verification") == true);
        return new(
            table.Flag("disabled"),
            table.Text("server_name"),
            FileOrContent(table, "server_ca_cert"),
            FileOrContent(table, "client_cert"),
            FileOrContent(table, "client_key"));
    }

    private static DataSource? FileOrContent(ConfigTable table, string setting) =>
        TemporalEnvironment.FileOrContent(setting, table.Text(setting + "_path"), table.Text(setting + "_data"));
}

/// <summary>A table of the file, whose values are asked for by name and type.</summary>
internal sealed class ConfigTable(string name, IReadOnlyDictionary<string, object> values, bool strict)
{
    public IEnumerable<string> Keys => values.Keys;

    public void Allow(params string[] keys)
    {
        if (strict && values.Keys.FirstOrDefault(key => !keys.Contains(key)) is { } unknown)
        {
            throw new InvalidOperationException($"'{unknown}' in {name} is not known.");
        }
    }

    public string? Text(string key) => Get<string>(key, "a string");

    public bool? Flag(string key) => Get<object>(key, "true or false") switch
    {
        null => null,
        bool flag => flag,
        _ => throw Wrong(key, "true or false"),
    };

    public ConfigTable? Table(string key) =>
        Get<Dictionary<string, object>>(key, "a table") is { } table ? new($"[{key}]", table, strict) : null;

    private T? Get<T>(string key, string wanted)
        where T : class =>
        values.TryGetValue(key, out var value) ? value as T ?? throw Wrong(key, wanted) : null;

    private InvalidOperationException Wrong(string key, string wanted) => new($"'{key}' in {name} must be {wanted}.");
}
