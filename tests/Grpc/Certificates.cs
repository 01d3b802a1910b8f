using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Orchestrator.Tests.Grpc;

/// <summary>An authority for one test class and what it signs, all in PEM.</summary>
internal sealed class Certificates : IDisposable
{
    private readonly X509Certificate2 _authority;
    private readonly X509Certificate2 _intermediate;

    public Certificates()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _authority = Authority("CN=root", key).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var nextKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var next = Sign(Authority("CN=intermediate", nextKey), _authority);
        _intermediate = next.CopyWithPrivateKey(nextKey);
    }

    public string AuthorityPem => _authority.ExportCertificatePem();

    public (string Certificate, string Key) Server() => Issue("1.3.6.1.5.5.7.3.1", _authority);

    public (string Certificate, string Key) Client() => Issue("1.3.6.1.5.5.7.3.2", _authority);

    public (string Certificate, string Key) ServerByIntermediate() => FollowedByIntermediate(Issue("1.3.6.1.5.5.7.3.1", _intermediate));

    public (string Certificate, string Key) ClientByIntermediate() => FollowedByIntermediate(Issue("1.3.6.1.5.5.7.3.2", _intermediate));

    public void Dispose()
    {
        _authority.Dispose();
        _intermediate.Dispose();
    }

    private static CertificateRequest Authority(string name, ECDsa key)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        return request;
    }

    private static X509Certificate2 Sign(CertificateRequest request, X509Certificate2 signer) =>
        request.Create(signer, signer.NotBefore, signer.NotAfter, RandomNumberGenerator.GetBytes(8));

    private static (string Certificate, string Key) Issue(string usage, X509Certificate2 signer)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=leaf", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("temporal.test");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false));
        using var signed = Sign(request, signer);
        return (signed.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    private (string Certificate, string Key) FollowedByIntermediate((string Certificate, string Key) leaf) =>
        ($"{leaf.Certificate}\n{_intermediate.ExportCertificatePem()}", leaf.Key);
}
