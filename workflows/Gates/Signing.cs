using System.Security.Cryptography;
using System.Text;

namespace Orchestrator.Workflows.Gates;

/// <summary>
/// What an approver's key signs: the whole decision, for one run of one batch on one evidence. A signature that was seen once is
/// of no use for another run, another batch, another answer or other evidence.
/// </summary>
public static class Signing
{
    private const string Version = "orchestrator-decision-1";

    public static string TextOf(Guid run, string batch, Decision decision)
    {
        var text = new StringBuilder(Version).Append('\n');
        foreach (var part in new[] { run.ToString(), batch, decision.Evidence, decision.Answer.ToString(), decision.Who, decision.Role, decision.Comment })
        {
            // Lengths first: no text can pose as two.
            text.Append(part?.Length ?? -1).Append(':').Append(part).Append('\n');
        }

        return text.ToString();
    }

    public static string Sign(ECDsa key, Guid run, string batch, Decision decision) =>
        Convert.ToBase64String(key.SignData(BytesOf(run, batch, decision), HashAlgorithmName.SHA256));

    /// <summary>False for anything that is no signature, too: what a stranger sends may be of any shape.</summary>
    public static bool IsSigned(string publicKey, Guid run, string batch, Decision decision)
    {
        var signature = new byte[SignatureBytes];
        if (decision.Signature is not { } given || !Convert.TryFromBase64String(given, signature, out var length) || length != SignatureBytes)
        {
            return false;
        }

        using var key = TryRead(publicKey);
        return key is not null && key.VerifyData(BytesOf(run, batch, decision), signature, HashAlgorithmName.SHA256);
    }

    /// <summary>Null when it is no public key on the curve P-256.</summary>
    public static ECDsa? TryRead(string publicKey)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportSubjectPublicKeyInfo(Convert.FromBase64String(publicKey), out _);
            if (key.ExportParameters(includePrivateParameters: false).Curve.Oid.Value == P256)
            {
                return key;
            }
        }
        catch (Exception e) when (e is FormatException or CryptographicException)
        {
            // Not a key.
        }

        key.Dispose();
        return null;
    }

    // Two numbers of the curve's size.
    private const int SignatureBytes = 64;

    private const string P256 = "1.2.840.10045.3.1.7";

    private static byte[] BytesOf(Guid run, string batch, Decision decision) => Encoding.UTF8.GetBytes(TextOf(run, batch, decision));
}
