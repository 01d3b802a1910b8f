using System.ComponentModel;
using Orchestrator.Tests.Support;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Orchestrator.Tests.Sdk;

/// <summary>A test that is run against the embedded service, and once more against the official server where it is at hand.</summary>
[XunitTestCaseDiscoverer("Orchestrator.Tests.Sdk." + nameof(LiveFactDiscoverer), "Orchestrator.Tests")]
public sealed class LiveFactAttribute : FactAttribute
{
    public LiveFactAttribute() => Timeout = LiveTestCase.TimeoutMilliseconds;
}

/// <summary>A theory each of whose rows is run against the embedded service and against the official server where it is at hand.</summary>
[XunitTestCaseDiscoverer("Orchestrator.Tests.Sdk." + nameof(LiveTheoryDiscoverer), "Orchestrator.Tests")]
public sealed class LiveTheoryAttribute : TheoryAttribute
{
    public LiveTheoryAttribute() => Timeout = LiveTestCase.TimeoutMilliseconds;
}

public sealed class LiveFactDiscoverer(IMessageSink sink) : FactDiscoverer(sink)
{
    public override IEnumerable<IXunitTestCase> Discover(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute) =>
        LiveTestCase.OnEachServer(DiagnosticMessageSink, discoveryOptions, testMethod, row: null);
}

public sealed class LiveTheoryDiscoverer(IMessageSink sink) : TheoryDiscoverer(sink)
{
    protected override IEnumerable<IXunitTestCase> CreateTestCasesForDataRow(
        ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo theoryAttribute, object[] dataRow) =>
        LiveTestCase.OnEachServer(DiagnosticMessageSink, discoveryOptions, testMethod, dataRow);
}

public sealed class LiveTestCase : XunitTestCase
{
    public const int TimeoutMilliseconds = 180_000;

    private LiveServerKind _server;

    [EditorBrowsable(EditorBrowsableState.Never)]
    [Obsolete("For xUnit, which makes it of what it has serialised.")]
    public LiveTestCase()
    {
    }

    private LiveTestCase(IMessageSink sink, ITestFrameworkDiscoveryOptions options, ITestMethod method, object[]? row, LiveServerKind server)
        : base(sink, options.MethodDisplayOrDefault(), options.MethodDisplayOptionsOrDefault(), method, row) => _server = server;

    public static IEnumerable<IXunitTestCase> OnEachServer(
        IMessageSink sink, ITestFrameworkDiscoveryOptions options, ITestMethod method, object[]? row) =>
        Enum.GetValues<LiveServerKind>().Select(server => new LiveTestCase(sink, options, method, row, server));

    public override void Serialize(IXunitSerializationInfo data)
    {
        base.Serialize(data);
        data.AddValue(nameof(_server), _server);
    }

    public override void Deserialize(IXunitSerializationInfo data)
    {
        _server = data.GetValue<LiveServerKind>(nameof(_server));
        base.Deserialize(data);
    }

    public override async Task<RunSummary> RunAsync(
        IMessageSink diagnosticMessageSink,
        IMessageBus messageBus,
        object[] constructorArguments,
        ExceptionAggregator aggregator,
        CancellationTokenSource cancellationTokenSource)
    {
        LiveServer.Enter(_server, base.GetUniqueID());
        return await base.RunAsync(diagnosticMessageSink, messageBus, constructorArguments, aggregator, cancellationTokenSource);
    }

    protected override string GetDisplayName(IAttributeInfo factAttribute, string displayName) =>
        base.GetDisplayName(factAttribute, displayName) + (_server == LiveServerKind.Official ? " on the official server" : "");

    protected override string GetSkipReason(IAttributeInfo factAttribute) =>
        _server == LiveServerKind.Official && !OfficialServer.IsAtHand ? OfficialServer.NotAtHand : base.GetSkipReason(factAttribute);

    protected override string GetUniqueID() => $"{base.GetUniqueID()} {_server}";
}
