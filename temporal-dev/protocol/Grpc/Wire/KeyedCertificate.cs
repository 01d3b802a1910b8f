using System.Security.Cryptography.X509Certificates;

namespace TemporalDev.Protocol.Grpc;

/// <summary>A certificate with its key, and the intermediates that stand after it in its file.</summary>
internal sealed record KeyedCertificate(X509Certificate2 Certificate, X509Certificate2Collection Intermediates)
{
    public static KeyedCertificate FromPem(string certificatesPem, string keyPem)
    {
        var intermediates = new X509Certificate2Collection();
        intermediates.ImportFromPem(certificatesPem);
        intermediates.RemoveAt(0);
        return new KeyedCertificate(X509Certificate2.CreateFromPem(certificatesPem, keyPem), intermediates);
    }
}
