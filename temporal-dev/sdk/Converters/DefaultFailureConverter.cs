using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Exceptions;

namespace Temporalio.Converters;

/// <summary>Keeps type, message, stack trace, details and causes on the way out and back.</summary>
public class DefaultFailureConverter : IFailureConverter
{
    public DefaultFailureConverter()
        : this(new())
    {
    }

    protected DefaultFailureConverter(DefaultFailureConverterOptions options) => Options = options;

    public DefaultFailureConverterOptions Options { get; private init; }

    public virtual Failure ToFailure(Exception exception, IPayloadConverter payloadConverter)
    {
        var failure = Convert(exception, payloadConverter);
        if (Options.EncodeCommonAttributes)
        {
            for (var current = failure; current is not null; current = current.Cause)
            {
                CommonAttributes.Hide(current, payloadConverter);
            }
        }

        return failure;
    }

    public virtual Exception ToException(Failure failure, IPayloadConverter payloadConverter)
    {
        var inner = failure.Cause is { } cause ? ToException(cause, payloadConverter) : null;
        var shown = CommonAttributes.Show(failure, payloadConverter);
        return shown.FailureInfoCase switch
        {
            Failure.FailureInfoOneofCase.ApplicationFailureInfo => new ApplicationFailureException(shown, inner, payloadConverter),
            Failure.FailureInfoOneofCase.TimeoutFailureInfo => new TimeoutFailureException(shown, inner, payloadConverter),
            Failure.FailureInfoOneofCase.CanceledFailureInfo => new CanceledFailureException(shown, inner, payloadConverter),
            Failure.FailureInfoOneofCase.TerminatedFailureInfo => new TerminatedFailureException(shown, inner, details: null),
            Failure.FailureInfoOneofCase.ServerFailureInfo => new ServerFailureException(shown, inner),
            Failure.FailureInfoOneofCase.ActivityFailureInfo => new ActivityFailureException(shown, inner),
            Failure.FailureInfoOneofCase.ChildWorkflowExecutionFailureInfo => new ChildWorkflowFailureException(shown, inner),
            _ => new FailureException(shown, inner),
        };
    }

    private static Failure Convert(Exception exception, IPayloadConverter converter)
    {
        // A failure that came from elsewhere goes on as it came, with its own stack trace and causes.
        if (exception is FailureException { Failure: { } received })
        {
            return received.Clone();
        }

        var failure = new Failure
        {
            Message = exception.Message,
            StackTrace = exception.StackTrace ?? string.Empty,
            Cause = exception.InnerException is { } inner ? Convert(inner, converter) : null,
        };
        switch (exception)
        {
            case ApplicationFailureException application:
                failure.ApplicationFailureInfo = ApplicationInfo(application, converter);
                break;
            case CanceledFailureException canceled:
                failure.CanceledFailureInfo = new() { Details = Details(canceled.Details, converter) };
                break;
            case WorkflowAlreadyStartedException:
                // Official workers send this one without any info; histories are compared with theirs.
                break;
            default:
                failure.ApplicationFailureInfo = new() { Type = exception.GetType().Name };
                break;
        }

        return failure;
    }

    private static ApplicationFailureInfo ApplicationInfo(ApplicationFailureException exception, IPayloadConverter converter) => new()
    {
        Type = exception.ErrorType ?? string.Empty,
        NonRetryable = exception.NonRetryable,
        Details = Details(exception.Details, converter),
        NextRetryDelay = exception.NextRetryDelay is { } delay ? Duration.FromTimeSpan(delay) : null,
        Category = exception.Category,
    };

    private static Payloads? Details(IFailureDetails details, IPayloadConverter converter) => details switch
    {
        { Count: 0 } => null,
        OutboundFailureDetails outbound => new() { Payloads_ = { converter.ToPayloads(outbound.Details!) } },
        InboundFailureDetails inbound => new() { Payloads_ = { inbound.Payloads } },
        _ => throw new ArgumentException($"Failure details of type {details.GetType()} cannot be converted.", nameof(details)),
    };

    /// <summary>This converter with <see cref="DefaultFailureConverterOptions.EncodeCommonAttributes" />.</summary>
    public class WithEncodedCommonAttributes : DefaultFailureConverter
    {
        public WithEncodedCommonAttributes()
            : base(new() { EncodeCommonAttributes = true })
        {
        }
    }
}
