using Temporalio.Client;

namespace Temporalio.Common.EnvConfig;

/// <summary>Connections as configured outside the program: profiles in a TOML file, overridden by environment variables.</summary>
public sealed record ClientEnvConfig(IReadOnlyDictionary<string, ClientEnvConfig.Profile> Profiles)
{
    /// <summary>Reads every profile of the file.</summary>
    public static ClientEnvConfig Load(ConfigLoadOptions? options = null)
    {
        options ??= new();
        var environment = new TemporalEnvironment(options.OverrideEnvVars);
        return new(ConfigFile.Read(options.ConfigSource, environment, options.ConfigFileStrict));
    }

    /// <summary>Reads one profile, ready to connect with.</summary>
    public static TemporalClientConnectOptions LoadClientConnectOptions(ProfileLoadOptions? options = null) =>
        Profile.Load(options).ToClientConnectionOptions();

    public sealed record Profile(
        string? Address = null,
        string? Namespace = null,
        string? ApiKey = null,
        Tls? Tls = null,
        IReadOnlyDictionary<string, string>? GrpcMeta = null)
    {
        private const string DefaultName = "default";

        /// <exception cref="InvalidOperationException">A profile was asked for that the file does not have.</exception>
        public static Profile Load(ProfileLoadOptions? options = null)
        {
            options ??= new();
            var environment = new TemporalEnvironment(options.DisableEnv ? new Dictionary<string, string>() : options.OverrideEnvVars);
            var asked = options.Profile ?? environment.Get("TEMPORAL_PROFILE");
            var profile = new Profile();
            if (!options.DisableFile)
            {
                var profiles = ConfigFile.Read(options.ConfigSource, environment, options.ConfigFileStrict);
                if (profiles.TryGetValue(asked ?? DefaultName, out var found))
                {
                    profile = found;
                }
                else if (asked is not null)
                {
                    throw new InvalidOperationException($"There is no profile '{asked}' in the Temporal configuration file.");
                }
            }

            return environment.Override(profile);
        }

        public TemporalClientConnectOptions ToClientConnectionOptions()
        {
            var options = new TemporalClientConnectOptions
            {
                TargetHost = Address,
                ApiKey = ApiKey,
                Tls = Tls?.ToTlsOptions() ?? (ApiKey is null ? null : new()),
                RpcMetadata = GrpcMeta is null ? null : [.. GrpcMeta],
            };
            options.Namespace = Namespace ?? options.Namespace;
            return options;
        }
    }

    /// <param name="Disabled">Null: on when there is an API key.</param>
    public sealed record Tls(
        bool? Disabled = null,
        string? ServerName = null,
        DataSource? ServerRootCACert = null,
        DataSource? ClientCert = null,
        DataSource? ClientPrivateKey = null)
    {
        public TlsOptions ToTlsOptions() => Disabled == true
            ? new() { Disabled = true }
            : new()
            {
                Domain = ServerName,
                ServerRootCACert = ServerRootCACert?.GetBytes(),
                ClientCert = ClientCert?.GetBytes(),
                ClientPrivateKey = ClientPrivateKey?.GetBytes(),
            };
    }

    public class ProfileLoadOptions : ICloneable
    {
        /// <summary>Null: the one that <c>TEMPORAL_PROFILE</c> names, else <c>default</c>.</summary>
        public string? Profile { get; set; }

        /// <summary>Null: the file that <c>TEMPORAL_CONFIG_FILE</c> names, else <c>temporalio/temporal.toml</c> in the user's configuration folder.</summary>
        public DataSource? ConfigSource { get; set; }

        public bool DisableFile { get; set; }

        public bool DisableEnv { get; set; }

        /// <summary>Refuse keys that are not known.</summary>
        public bool ConfigFileStrict { get; set; }

        /// <summary>Instead of the process's environment.</summary>
        public IReadOnlyDictionary<string, string>? OverrideEnvVars { get; set; }

        public virtual object Clone() => MemberwiseClone();
    }

    public class ConfigLoadOptions : ICloneable
    {
        /// <summary>Null: the file that <c>TEMPORAL_CONFIG_FILE</c> names, else <c>temporalio/temporal.toml</c> in the user's configuration folder.</summary>
        public DataSource? ConfigSource { get; set; }

        /// <summary>Refuse keys that are not known.</summary>
        public bool ConfigFileStrict { get; set; }

        /// <summary>Instead of the process's environment.</summary>
        public IReadOnlyDictionary<string, string>? OverrideEnvVars { get; set; }

        public virtual object Clone() => MemberwiseClone();
    }
}
