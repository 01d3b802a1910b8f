using System.Security.Cryptography;
using Orchestrator.Tests.Support;
using Orchestrator.Workflows.Gates;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Tests.Gates;

public sealed class SigningTests : IDisposable
{
    private static readonly DateTime Now = new(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc);
    private static readonly Guid Run = Guid.NewGuid();

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ECDsa _stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    [Fact]
    public void A_signed_decision_counts() => Assert.Null(Refuse(Signed(Go())));

    [Fact]
    public void Where_signatures_are_required_nothing_else_counts_not_even_a_no_go()
    {
        Assert.Equal("This gate counts signed decisions only; ada signs with 'decide --sign'.", Refuse(Go()));
        Assert.Equal("This gate counts signed decisions only; ada signs with 'decide --sign'.", Refuse(Go() with { Answer = Answer.NoGo }));
    }

    [Fact]
    public void A_signature_is_verified_also_where_none_is_required()
    {
        var view = View() with { Gate = View().Gate with { SignaturesRequired = false } };

        Assert.Null(GateRules.Refuse(view, Go(), Now));
        Assert.Equal("The signature is not ada's over this very decision on this run.", GateRules.Refuse(view, Go() with { Signature = "AAAA" }, Now));
    }

    public static TheoryData<string, Func<Decision, Decision>> Forgeries => new()
    {
        { "another answer", d => d with { Answer = Answer.NoGo } },
        { "another comment", d => d with { Comment = "not what was signed" } },
        { "another role", d => d with { Role = "approver" } },
        { "no Base64", d => d with { Signature = "?" } },
        { "an empty signature", d => d with { Signature = "" } },
        { "a short signature", d => d with { Signature = "AAAA" } },
        { "a signature of zeros", d => d with { Signature = Convert.ToBase64String(new byte[64]) } },
        { "a very long signature", d => d with { Signature = new string('A', 100_000) } },
    };

    [Theory]
    [MemberData(nameof(Forgeries))]
    public void A_forged_decision_does_not_count(string forgery, Func<Decision, Decision> forge) =>
        Assert.True(Refuse(forge(Signed(Go()))) == "The signature is not ada's over this very decision on this run.", forgery);

    [Fact]
    public void A_signature_is_of_no_use_on_another_run_batch_or_evidence_or_from_another_key()
    {
        var signed = Signed(Go());

        Assert.StartsWith("The signature is not ada's", GateRules.Refuse(View() with { Run = Guid.NewGuid() }, signed, Now));
        Assert.StartsWith("The signature is not ada's", GateRules.Refuse(View() with { Batch = "another" }, signed, Now));
        Assert.StartsWith("The evidence has changed since", GateRules.Refuse(View() with { Evidence = "newer" }, signed, Now));
        Assert.StartsWith("The signature is not ada's", Refuse(Go() with { Signature = Signing.Sign(_stranger, Run, "batch", Go()) }));
        Assert.StartsWith("The plan has no public key of grace", Refuse(signed with { Who = "grace" }));
        var anyEvidence = Go() with { Evidence = null };
        Assert.StartsWith("A signed decision must say which evidence", Refuse(anyEvidence with { Signature = Signing.Sign(_key, Run, "batch", anyEvidence) }));
    }

    [Fact]
    public void The_signed_text_has_one_reading()
    {
        var one = Go() with { Comment = "a\n1:b", Role = null };
        var two = Go() with { Comment = "a", Role = "b" };

        Assert.NotEqual(Signing.TextOf(Run, "batch", one), Signing.TextOf(Run, "batch", two));
        Assert.NotEqual(Signing.TextOf(Run, "batch", Go() with { Comment = null }), Signing.TextOf(Run, "batch", Go() with { Comment = "" }));
    }

    [Fact]
    public void What_counted_carries_what_is_needed_to_verify_it_again()
    {
        var keeper = new GateKeeper(new(new(Run, "plan", "test", "requester"), "batch", "w"));
        keeper.Open(View().Gate, [], Now);
        var decision = Signed(Go() with { Evidence = keeper.View!.Evidence });

        keeper.Hear(decision, Now);

        var proof = keeper.TakeUnrecorded().Proof!;
        Assert.True(Signing.IsSigned(proof.PublicKey, Run, "batch", proof.Decision));
    }

    [Fact]
    public void Only_a_public_key_on_the_curve_is_one()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var rsa = RSA.Create(2048);

        Assert.NotNull(Signing.TryRead(PublicKey(_key)));
        Assert.Null(Signing.TryRead(PublicKey(other)));
        Assert.Null(Signing.TryRead(Convert.ToBase64String(rsa.ExportSubjectPublicKeyInfo())));
        Assert.Null(Signing.TryRead(""));
        Assert.Null(Signing.TryRead("not Base64"));
    }

    public void Dispose()
    {
        _key.Dispose();
        _stranger.Dispose();
    }

    private string? Refuse(Decision decision) => GateRules.Refuse(View(), decision, Now);

    private GateView View() => new()
    {
        Gate = Some.Gate(1, "ada", "grace") with { SignaturesRequired = true, Keys = [new ApproverKey("ada", PublicKey(_key))] },
        Run = Run,
        Batch = "batch",
        Requester = "requester",
        Checks = [],
        Evidence = "seen",
    };

    private static Decision Go() => new() { Answer = Answer.Go, Who = "ada", Comment = "looks right", Evidence = "seen" };

    private Decision Signed(Decision decision) => decision with { Signature = Signing.Sign(_key, Run, "batch", decision) };

    private static string PublicKey(ECDsa key) => Convert.ToBase64String(key.ExportSubjectPublicKeyInfo());
}
