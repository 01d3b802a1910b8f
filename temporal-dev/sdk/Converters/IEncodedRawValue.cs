using Temporalio.Api.Common.V1;

namespace Temporalio.Converters;

/// <summary>A value that was neither decoded nor converted yet.</summary>
public interface IEncodedRawValue
{
    Payload Payload { get; }

    Task<T> ToValueAsync<T>();

    Task<object?> ToValueAsync(Type type);
}
