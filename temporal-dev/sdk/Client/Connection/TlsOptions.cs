namespace Temporalio.Client;

/// <summary>TLS to the server; certificates and keys are PEM.</summary>
public class TlsOptions : ICloneable
{
    /// <summary>Trusted instead of the system's roots.</summary>
    public byte[]? ServerRootCACert { get; set; }

    /// <summary>The name expected in the server's certificate, where it is not the target host.</summary>
    public string? Domain { get; set; }

    public byte[]? ClientCert { get; set; }

    public byte[]? ClientPrivateKey { get; set; }

    /// <summary>Forbids the TLS that an API key would switch on.</summary>
    public bool Disabled { get; set; }

    public virtual object Clone() => MemberwiseClone();
}
