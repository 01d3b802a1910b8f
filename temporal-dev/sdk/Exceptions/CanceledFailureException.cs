using Temporalio.Api.Failure.V1;
using Temporalio.Converters;

namespace Temporalio.Exceptions;

/// <summary>A cancellation as Temporal reports it.</summary>
public class CanceledFailureException : FailureException
{
    protected internal CanceledFailureException(string message, IReadOnlyCollection<object?>? details = null)
        : base(message) => Details = new OutboundFailureDetails(details ?? []);

    protected internal CanceledFailureException(Failure failure, Exception? inner, IPayloadConverter converter)
        : base(failure, inner)
    {
        var received = failure.CanceledFailureInfo
            ?? throw new ArgumentException("The failure is not a cancellation.", nameof(failure));
        Details = new InboundFailureDetails(converter, received.Details?.Payloads_);
    }

    public new Failure Failure => base.Failure!;

    public IFailureDetails Details { get; protected init; }
}
