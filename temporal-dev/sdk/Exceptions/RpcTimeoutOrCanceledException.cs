namespace Temporalio.Exceptions;

/// <summary>A call ended before its answer: its deadline passed or its caller gave up.</summary>
public class RpcTimeoutOrCanceledException(string message, Exception? inner) : TemporalException(message, inner);
