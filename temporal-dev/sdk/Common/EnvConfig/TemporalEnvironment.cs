using System.Collections;

namespace Temporalio.Common.EnvConfig;

/// <summary>The <c>TEMPORAL_*</c> environment variables, which win over the configuration file.</summary>
internal sealed class TemporalEnvironment(IReadOnlyDictionary<string, string>? instead)
{
    private const string MetadataPrefix = "TEMPORAL_GRPC_META_";

    private readonly IReadOnlyDictionary<string, string> _variables = instead ?? OfProcess();

    public string? Get(string name) => _variables.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

    public ClientEnvConfig.Profile Override(ClientEnvConfig.Profile profile) => profile with
    {
        Address = Get("TEMPORAL_ADDRESS") ?? profile.Address,
        Namespace = Get("TEMPORAL_NAMESPACE") ?? profile.Namespace,
        ApiKey = Get("TEMPORAL_API_KEY") ?? profile.ApiKey,
        Tls = OverrideTls(profile.Tls),
        GrpcMeta = OverrideMetadata(profile.GrpcMeta),
    };

    /// <summary>Header names are written in lower case with dashes, however the configuration spells them.</summary>
    public static string HeaderName(string configured) => configured.ToLowerInvariant().Replace('_', '-');

    public static DataSource? FileOrContent(string setting, string? path, string? data) => (path, data) switch
    {
        (null, null) => null,
        ({ } file, null) => DataSource.FromPath(file),
        (null, { } content) => DataSource.FromUTF8String(content),
        _ => throw new InvalidOperationException($"{setting} is given both as a path and as data; give one."),
    };

    public static void RefuseUnverifiedHosts(bool wanted)
    {
        if (wanted)
        {
            throw new NotSupportedException("TLS without verification of the server's name is not supported; set its name or its CA certificate.");
        }
    }

    private static Dictionary<string, string> OfProcess()
    {
        var variables = new Dictionary<string, string>();
        foreach (DictionaryEntry entry in Environment.GetEnvironmentVariables())
        {
            variables.Add((string)entry.Key, (string?)entry.Value ?? string.Empty);
        }

        return variables;
    }

    private ClientEnvConfig.Tls? OverrideTls(ClientEnvConfig.Tls? tls)
    {
        RefuseUnverifiedHosts(Flag("TEMPORAL_TLS_DISABLE_HOST_VERIFICATION") == true);
        var enabled = Flag("TEMPORAL_TLS");
        var serverName = Get("TEMPORAL_TLS_SERVER_NAME");
        var ca = File("TEMPORAL_TLS_SERVER_CA_CERT");
        var certificate = File("TEMPORAL_TLS_CLIENT_CERT");
        var key = File("TEMPORAL_TLS_CLIENT_KEY");
        if (tls is null && (enabled, serverName, ca, certificate, key) is (null, null, null, null, null))
        {
            return null;
        }

        tls ??= new();
        return new(
            enabled is { } on ? !on : tls.Disabled,
            serverName ?? tls.ServerName,
            ca ?? tls.ServerRootCACert,
            certificate ?? tls.ClientCert,
            key ?? tls.ClientPrivateKey);
    }

    private DataSource? File(string setting) => FileOrContent(setting, Get(setting + "_PATH"), Get(setting + "_DATA"));

    private bool? Flag(string name) => Get(name)?.ToLowerInvariant() switch
    {
        null => null,
        "1" or "t" or "true" or "y" or "yes" or "on" => true,
        "0" or "f" or "false" or "n" or "no" or "off" => false,
        var other => throw new InvalidOperationException($"{name} is '{other}', which is neither true nor false."),
    };

    private Dictionary<string, string>? OverrideMetadata(IReadOnlyDictionary<string, string>? metadata)
    {
        var result = metadata?.ToDictionary() ?? [];
        foreach (var (name, value) in _variables)
        {
            if (!name.StartsWith(MetadataPrefix, StringComparison.Ordinal))
            {
                continue;
            }

            var header = HeaderName(name[MetadataPrefix.Length..]);
            if (value.Length == 0)
            {
                result.Remove(header);
            }
            else
            {
                result[header] = value;
            }
        }

        return result.Count == 0 ? null : result;
    }
}
