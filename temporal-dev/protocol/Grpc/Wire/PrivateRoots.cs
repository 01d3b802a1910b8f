using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace TemporalDev.Protocol.Grpc;

/// <summary>Validation against given roots instead of those of the machine.</summary>
internal static class PrivateRoots
{
    public const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    public const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    public static X509ChainPolicy Policy(X509Certificate2Collection roots, string usage)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            // Private roots rarely publish revocation lists, and looking for them would stall the handshake.
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.AddRange(roots);
        policy.ApplicationPolicy.Add(new Oid(usage));
        return policy;
    }

    /// <summary>Whether the certificate leads to one of the roots, by way of intermediates that came with it.</summary>
    public static bool Signed(X509Certificate2 certificate, X509Chain? offered, X509Certificate2Collection roots, string usage)
    {
        using var chain = new X509Chain { ChainPolicy = Policy(roots, usage) };
        if (offered is not null)
        {
            chain.ChainPolicy.ExtraStore.AddRange(offered.ChainPolicy.ExtraStore);
        }

        return chain.Build(certificate);
    }
}
