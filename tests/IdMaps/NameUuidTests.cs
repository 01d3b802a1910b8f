using Orchestrator.Activities.IdMaps;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.IdMaps;

public sealed class NameUuidTests
{
    // The first is the example of RFC 9562, appendix A.4; the others were computed by another implementation.
    [Theory]
    [InlineData("6ba7b810-9dad-11d1-80b4-00c04fd430c8", "www.example.com", "2ed6657d-e927-568b-95e1-2665a8aea6a2")]
    [InlineData(null, "1", "3c9aa80c-1573-55d9-b141-072168638352")]
    [InlineData(null, "-5", "4601ab89-b3e6-52f9-8170-b5c35651ef03")]
    [InlineData(null, "9223372036854775807", "66044539-0a61-504c-ab7e-befcf1850919")]
    [InlineData(null, "Zürich", "5f23b5ab-0fac-5d24-9675-d3b1348753e2")]
    [InlineData(null, "", "8eb251a1-6fb0-5f13-ba3f-4048018d7db9")]
    [InlineData(null, "7c0e7f6e-2f5b-4f5e-9d5c-0c1f2e3d4a5b", "61d3badf-90f6-5fe1-bbaf-1d49ee470719")]
    public void A_name_has_the_uuid_that_it_has_everywhere(string? space, string name, string uuid) =>
        Assert.Equal(Guid.Parse(uuid), new NameUuid(space is null ? Some.Namespace : Guid.Parse(space)).Of(name));

    [Fact]
    public void A_name_may_be_longer_than_the_stack_has_room_for() =>
        Assert.Equal(Guid.Parse("4aab0e68-7a30-5e82-bbcf-c588e03fa8cd"), new NameUuid(Some.Namespace).Of(new string('x', 300)));
}
