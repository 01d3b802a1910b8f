using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Converters;
using Temporalio.Exceptions;

namespace Orchestrator.Tests.Sdk.Converters;

public sealed class FailureConverterTests
{
    private static readonly DataConverter Hiding =
        DataConverter.Default with { FailureConverter = new DefaultFailureConverter.WithEncodedCommonAttributes(), PayloadCodec = new XorCodec() };

    [Fact]
    public async Task An_application_failure_comes_back_with_all_that_it_carried()
    {
        var thrown = new ApplicationFailureException(
            "no stock",
            new ArgumentException("inner"),
            errorType: "OutOfStock",
            nonRetryable: true,
            details: [42, "forty-two"],
            nextRetryDelay: TimeSpan.FromSeconds(7),
            category: ApplicationErrorCategory.Benign);

        var back = Assert.IsType<ApplicationFailureException>(await RoundTripAsync(DataConverter.Default, thrown));

        Assert.Equal("no stock", back.Message);
        Assert.Equal("OutOfStock", back.ErrorType);
        Assert.True(back.NonRetryable);
        Assert.Equal(2, back.Details.Count);
        Assert.Equal(42, back.Details.ElementAt<int>(0));
        Assert.Equal("forty-two", back.Details.ElementAt<string>(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => back.Details.ElementAt<int>(2));
        Assert.Equal(TimeSpan.FromSeconds(7), back.NextRetryDelay);
        Assert.Equal(ApplicationErrorCategory.Benign, back.Category);
        Assert.Equal("ArgumentException", Assert.IsType<ApplicationFailureException>(back.InnerException).ErrorType);
    }

    [Fact]
    public void Each_kind_of_failure_becomes_its_exception()
    {
        (Failure Failure, Type Type)[] kinds =
        [
            (new() { TimeoutFailureInfo = new() { TimeoutType = TimeoutType.Heartbeat } }, typeof(TimeoutFailureException)),
            (new() { CanceledFailureInfo = new() }, typeof(CanceledFailureException)),
            (new() { TerminatedFailureInfo = new() }, typeof(TerminatedFailureException)),
            (new() { ServerFailureInfo = new() }, typeof(ServerFailureException)),
            (new() { ActivityFailureInfo = new() }, typeof(ActivityFailureException)),
            (new() { ChildWorkflowExecutionFailureInfo = new() }, typeof(ChildWorkflowFailureException)),
            (new() { Message = "of no kind" }, typeof(FailureException)),
        ];

        Assert.All(kinds, kind => Assert.IsType(kind.Type, ToException(kind.Failure)));
    }

    [Fact]
    public void A_received_failure_goes_on_unchanged()
    {
        var received = new Failure
        {
            Message = "activity failed",
            StackTrace = "at Far.Away()",
            ActivityFailureInfo = new() { ActivityId = "3", RetryState = RetryState.MaximumAttemptsReached },
            Cause = new() { Message = "why", ApplicationFailureInfo = new() { Type = "T" } },
        };

        var exception = ToException(received);
        var sent = DataConverter.Default.FailureConverter.ToFailure(exception, DataConverter.Default.PayloadConverter);

        Assert.Equal(received, sent);
        Assert.Equal("at Far.Away()", exception.StackTrace);
    }

    [Fact]
    public async Task Hidden_attributes_are_nowhere_in_clear_and_come_back()
    {
        var thrown = Thrown(new ApplicationFailureException("secret outside", new InvalidOperationException("secret inside")));

        var sent = await Hiding.ToFailureAsync(thrown);
        var back = await Hiding.ToExceptionAsync(sent);

        Assert.DoesNotContain("secret", sent.ToString());
        Assert.Equal("Encoded failure", sent.Message);
        Assert.Empty(sent.StackTrace);
        Assert.Equal("secret outside", back.Message);
        Assert.Contains(nameof(Thrown), back.StackTrace);
        Assert.Equal("secret inside", back.InnerException?.Message);
    }

    [Fact]
    public async Task A_received_hidden_failure_is_hidden_again_when_it_is_passed_on()
    {
        var received = await Hiding.ToFailureAsync(new ApplicationFailureException("secret outside", new InvalidOperationException("secret inside")));

        var passedOn = await Hiding.ToFailureAsync(new InvalidOperationException("wrapped secret", await Hiding.ToExceptionAsync(received)));

        Assert.DoesNotContain("secret", passedOn.ToString());
        Assert.Equal("secret inside", (await Hiding.ToExceptionAsync(passedOn)).InnerException?.InnerException?.Message);
    }

    [Fact]
    public async Task A_failure_hidden_by_others_beyond_reading_is_still_a_failure()
    {
        var foreign = new Failure
        {
            Message = "Encoded failure",
            EncodedAttributes = new Payload(),
            ApplicationFailureInfo = new() { Type = "T" },
        };

        var exception = await DataConverter.Default.ToExceptionAsync(foreign);

        Assert.Equal("T", Assert.IsType<ApplicationFailureException>(exception).ErrorType);
    }

    [Fact]
    public void A_cancellation_is_recognised_in_all_its_forms()
    {
        Exception[] cancelled =
        [
            new TaskCanceledException(),
            ToException(new() { CanceledFailureInfo = new() }),
            ToException(new() { ActivityFailureInfo = new(), Cause = new() { CanceledFailureInfo = new() } }),
            ToException(new() { ChildWorkflowExecutionFailureInfo = new(), Cause = new() { CanceledFailureInfo = new() } }),
        ];

        Assert.All(cancelled, e => Assert.True(TemporalException.IsCanceledException(e)));
        Assert.False(TemporalException.IsCanceledException(ToException(new() { ActivityFailureInfo = new() })));
    }

    private static Exception ToException(Failure failure) =>
        DataConverter.Default.FailureConverter.ToException(failure, DataConverter.Default.PayloadConverter);

    private static async Task<Exception> RoundTripAsync(DataConverter converter, Exception exception) =>
        await converter.ToExceptionAsync(await converter.ToFailureAsync(exception));

    private static Exception Thrown(Exception exception)
    {
        try
        {
            throw exception;
        }
        catch (Exception e) when (ReferenceEquals(e, exception))
        {
            return e;
        }
    }
}
