using Temporalio.Common;
using Temporalio.Exceptions;
using Temporalio.Testing;

namespace Orchestrator.Tests.Sdk.Testing;

public sealed class WorkflowEnvironmentTests
{
    [Fact]
    public async Task A_local_environment_has_real_time_and_what_its_options_name()
    {
        var plan = SearchAttributeKey.CreateKeyword("Plan");
        await using var environment = await WorkflowEnvironment.StartLocalAsync(new() { Namespace = "mine", SearchAttributes = [plan] });

        var attributes = await environment.Client.OperatorService.ListSearchAttributesAsync(new() { Namespace = "mine" });

        Assert.False(environment.SupportsTimeSkipping);
        Assert.Equal("mine", environment.Client.Options.Namespace);
        Assert.Equal(plan.ValueType, attributes.CustomAttributes["Plan"]);
        var refused = await Assert.ThrowsAsync<RpcException>(() => environment.Client.Connection.TestService.LockTimeSkippingAsync(new()));
        Assert.Equal(RpcException.StatusCode.Unimplemented, refused.Code);
    }

    [Fact]
    public async Task What_a_service_in_this_process_cannot_do_is_refused_by_name()
    {
        var ui = await Assert.ThrowsAsync<NotSupportedException>(() => WorkflowEnvironment.StartLocalAsync(new() { UI = true }));
        var path = await Assert.ThrowsAsync<NotSupportedException>(
            () => WorkflowEnvironment.StartLocalAsync(new() { DevServerOptions = new() { ExistingPath = "/bin/true" } }));
        var arguments = await Assert.ThrowsAsync<NotSupportedException>(
            () => WorkflowEnvironment.StartTimeSkippingAsync(new() { TestServerOptions = new() { ExtraArgs = ["--fast"] } }));

        Assert.Contains("UI", ui.Message);
        Assert.Contains("ExistingPath", path.Message);
        Assert.Contains("ExtraArgs", arguments.Message);
    }

    [Fact]
    public async Task An_environment_of_an_existing_client_leaves_its_server_alone()
    {
        await using var server = await WorkflowEnvironment.StartLocalAsync();
        await using (var environment = new WorkflowEnvironment(server.Client))
        {
            Assert.Same(server.Client, environment.Client);
            await environment.DelayAsync(1);
            Assert.Equal(3, environment.WithAutoTimeSkippingDisabled(() => 3));
        }

        Assert.True(await server.Client.Connection.CheckHealthAsync());
    }

    [Fact]
    public async Task A_service_is_gone_after_its_environment()
    {
        var environment = await WorkflowEnvironment.StartTimeSkippingAsync();
        await environment.ShutdownAsync();

        await Assert.ThrowsAsync<RpcException>(() => environment.Client.Connection.TestService.GetCurrentTimeAsync(new()));
    }
}
