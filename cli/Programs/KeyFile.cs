using System.Security.Cryptography;
using Orchestrator.Cli.Commands;

namespace Orchestrator.Cli.Programs;

/// <summary>An approver's private key: a PEM file of its owner's, encrypted when the environment holds a passphrase.</summary>
internal static class KeyFile
{
    public const string PassphraseVariable = "ORCHESTRATOR_KEY_PASSPHRASE";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // What OWASP advises for PBKDF2 with SHA-256.
    private const int Iterations = 600_000;

    public static string DefaultPath(string who)
    {
        var settings = Environment.GetEnvironmentVariable("XDG_CONFIG_HOME") is { Length: > 0 } named
            ? named
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".config");
        return Path.Combine(settings, "orchestrator", "keys", string.Concat(who.Select(c => char.IsLetterOrDigit(c) ? c : '_')) + ".pem");
    }

    /// <summary>Makes a key where there is none yet, and gives its public half in Base64.</summary>
    public static string Create(string path, string? passphrase)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var pem = passphrase is { Length: > 0 }
            ? key.ExportEncryptedPkcs8PrivateKeyPem(passphrase, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, Iterations))
            : key.ExportPkcs8PrivateKeyPem();
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        try
        {
            using var file = new StreamWriter(path, options);
            file.WriteLine(pem);
        }
        catch (IOException) when (File.Exists(path))
        {
            throw new RefusedException($"There is a key in '{path}' already; it is not overwritten.");
        }

        return Convert.ToBase64String(key.ExportSubjectPublicKeyInfo());
    }

    public static ECDsa Read(string path, string? passphrase)
    {
        if (!File.Exists(path))
        {
            throw new RefusedException($"There is no key in '{path}'; 'orchestrator approver keygen' makes one.");
        }

        var key = ECDsa.Create();
        try
        {
            var pem = File.ReadAllText(path);
            if (pem.Contains("ENCRYPTED", StringComparison.Ordinal))
            {
                key.ImportFromEncryptedPem(pem, passphrase ?? throw new RefusedException($"The key in '{path}' is encrypted: set {PassphraseVariable}."));
            }
            else
            {
                key.ImportFromPem(pem);
            }

            return key;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            key.Dispose();
            throw new RefusedException($"'{path}' holds no private key that can be read{(passphrase is null ? "" : " with this passphrase")}.");
        }
    }
}
