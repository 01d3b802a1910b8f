using Temporalio.Api.Common.V1;

namespace Temporalio.Converters;

public record EncodedRawValue(DataConverter DataConverter, Payload Payload) : IEncodedRawValue
{
    public Task<T> ToValueAsync<T>() => DataConverter.ToValueAsync<T>(Payload);

    public Task<object?> ToValueAsync(Type type) => DataConverter.ToValueAsync(Payload, type);

    internal static IReadOnlyDictionary<string, IEncodedRawValue> All(Memo? memo, DataConverter converter) =>
        memo?.Fields.ToDictionary(field => field.Key, IEncodedRawValue (field) => new EncodedRawValue(converter, field.Value)) ?? [];
}
