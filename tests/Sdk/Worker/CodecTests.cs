using System.Text.Json;
using Google.Protobuf;
using Orchestrator.Tests.Sdk.Converters;
using Temporalio.Activities;
using Temporalio.Converters;
using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace Orchestrator.Tests.Sdk.Worker;

public sealed class CodecTests
{
    private const string Secret = "clear-text";

    [LiveTheory]
    [BothCachings]
    public async Task With_a_codec_and_encoded_failures_nothing_is_readable_in_history(Caching caching)
    {
        var client = await LiveServer.ConnectAsync(options => options.DataConverter = new(
            new DefaultPayloadConverter(), new DefaultFailureConverter.WithEncodedCommonAttributes(), new XorCodec()));
        await Live.RunAsync(client, caching, options => options.AddWorkflow<Vault>().AddAllActivities(new Keys()), async queue =>
        {
            var options = queue.New();
            options.Memo = new Dictionary<string, object> { ["memo"] = Secret };
            var handle = await queue.Client.StartWorkflowAsync((Vault w) => w.RunAsync(Secret), options);
            Assert.Equal($"asked {Secret}", await handle.QueryAsync(w => w.Ask(Secret)));
            Assert.Equal($"updated {Secret}", await handle.ExecuteUpdateAsync(w => w.ChangeAsync(Secret)));

            await handle.SignalAsync(w => w.OpenAsync(Secret));

            var failed = await Assert.ThrowsAsync<WorkflowFailedException>(() => handle.GetResultAsync());
            var activity = Assert.IsType<ActivityFailureException>(failed.InnerException);
            var broken = Assert.IsType<ApplicationFailureException>(activity.InnerException);
            Assert.Equal($"broken {Secret}", broken.Message);
            Assert.Equal(Secret, broken.Details.ElementAt<string>(0));
            Assert.Contains(nameof(Keys), broken.StackTrace);
            var history = await handle.FetchHistoryAsync();
            foreach (var recorded in history.Events)
            {
                Assert.DoesNotContain(Secret, recorded.ToByteString().ToStringUtf8());
            }
        });
    }

    [LiveTheory]
    [BothCachings]
    public async Task A_payload_converter_of_ones_own_is_used_in_both_directions(Caching caching)
    {
        var client = await LiveServer.ConnectAsync(options => options.DataConverter = DataConverter.Default with { PayloadConverter = new CamelCase() });
        await Live.RunAsync(client, caching, options => options.AddWorkflow<Naming>().AddAllActivities(new Keys()), async queue =>
        {
            var handle = await queue.Client.StartWorkflowAsync((Naming w) => w.RunAsync(new("Ada")), queue.New());

            Assert.Equal(new Person("Ada!"), await handle.GetResultAsync());
            var start = (await handle.FetchHistoryAsync()).Events.First().WorkflowExecutionStartedEventAttributes;
            Assert.Equal("""{"firstName":"Ada"}""", start.Input.Payloads_[0].Data.ToStringUtf8());
        });
    }

    public sealed record Person(string FirstName);

    private sealed class CamelCase() : DefaultPayloadConverter(new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.CamelCase });

    public sealed class Keys
    {
        [Activity]
        public void Break(string secret) => throw new ApplicationFailureException($"broken {secret}", nonRetryable: true, details: [secret]);

        [Activity]
        public Person Shout(Person person) => person with { FirstName = person.FirstName + "!" };
    }

    [Workflow]
    public sealed class Vault
    {
        private string? _opened;

        [WorkflowRun]
        public async Task RunAsync(string secret)
        {
            Workflow.UpsertMemo(MemoUpdate.ValueSet("upserted", secret));
            await Workflow.WaitConditionAsync(() => _opened == secret);
            await Workflow.ExecuteLocalActivityAsync((Keys keys) => keys.Shout(new(secret)), new() { StartToCloseTimeout = TimeSpan.FromSeconds(5) });
            await Workflow.ExecuteActivityAsync(
                (Keys keys) => keys.Break(secret), new() { StartToCloseTimeout = TimeSpan.FromSeconds(5), Summary = secret });
        }

        [WorkflowSignal]
        public Task OpenAsync(string secret)
        {
            _opened = secret;
            return Task.CompletedTask;
        }

        [WorkflowQuery]
        public string Ask(string secret) => $"asked {secret}";

        [WorkflowUpdate]
        public async Task<string> ChangeAsync(string secret)
        {
            await Workflow.DelayAsync(1);
            return $"updated {secret}";
        }
    }

    [Workflow]
    public sealed class Naming
    {
        [WorkflowRun]
        public Task<Person> RunAsync(Person person) =>
            Workflow.ExecuteActivityAsync((Keys keys) => keys.Shout(person), new() { StartToCloseTimeout = TimeSpan.FromSeconds(5) });
    }
}
