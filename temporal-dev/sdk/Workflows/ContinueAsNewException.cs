using Temporalio.Exceptions;
using Temporalio.Worker.Interceptors;

namespace Temporalio.Workflows;

/// <summary>Thrown out of a workflow, ends this run and begins the next with fresh history.</summary>
public class ContinueAsNewException : TemporalException
{
    internal ContinueAsNewException(CreateContinueAsNewExceptionInput input)
        : base("The workflow continues as new.") => Input = input;

    public CreateContinueAsNewExceptionInput Input { get; }
}
