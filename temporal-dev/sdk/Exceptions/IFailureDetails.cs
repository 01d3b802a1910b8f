namespace Temporalio.Exceptions;

/// <summary>Values that a failure carries.</summary>
public interface IFailureDetails
{
    int Count { get; }

    /// <exception cref="ArgumentOutOfRangeException">There is no such element.</exception>
    T ElementAt<T>(int index);
}
