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

    public static bool Signed(X509Certificate2 certificate, X509Certificate2Collection roots, string usage)
    {
        using var chain = new X509Chain { ChainPolicy = Policy(roots, usage) };
        return chain.Build(certificate);
    }
}
