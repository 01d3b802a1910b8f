using System.Reflection;
using Temporalio.Api.Common.V1;
using Temporalio.Converters;

namespace Temporalio.Worker.Runs;

/// <summary>Turns payloads into the arguments that a method wants.</summary>
internal static class HandlerArguments
{
    /// <exception cref="ArgumentException">Too few payloads, or one that does not convert.</exception>
    public static object?[] Read(IReadOnlyList<Payload> payloads, IReadOnlyList<ParameterInfo> parameters, IPayloadConverter converter)
    {
        var arguments = new object?[parameters.Count];
        for (var i = 0; i < arguments.Length; i++)
        {
            arguments[i] = i < payloads.Count
                ? Convert(payloads[i], parameters[i].ParameterType, i, converter)
                : parameters[i].HasDefaultValue
                    ? parameters[i].DefaultValue
                    : throw new ArgumentException($"{payloads.Count} arguments were given, but the parameter {parameters[i].Name} is required.");
        }

        return arguments;
    }

    public static object?[] Read(IReadOnlyList<Payload> payloads, IReadOnlyCollection<Type> types, int required, IPayloadConverter converter)
    {
        if (payloads.Count < required)
        {
            throw new ArgumentException($"{payloads.Count} arguments were given, but {required} are required.");
        }

        return [.. types.Take(payloads.Count).Select((type, i) => Convert(payloads[i], type, i, converter))];
    }

    public static IRawValue[] Raw(IEnumerable<Payload> payloads) => [.. payloads.Select(payload => new RawValue(payload))];

    private static object? Convert(Payload payload, Type type, int index, IPayloadConverter converter)
    {
        try
        {
            return converter.ToValue(payload, type);
        }
#pragma warning disable CA1031 // Converters throw what they like; here it all means the same.
        catch (Exception e)
#pragma warning restore CA1031
        {
            throw new ArgumentException($"Argument {index + 1} cannot be read as {type.Name}: {e.Message}", e);
        }
    }
}
