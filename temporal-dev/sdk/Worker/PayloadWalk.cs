using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Temporalio.Api.Common.V1;
using Temporalio.Converters;

namespace Temporalio.Worker;

/// <summary>
/// Applies the codec to every payload in a message of the core, in place. Found by the message types themselves, so that a
/// new field cannot be forgotten; only search attributes stay as they are, because the server reads them.
/// </summary>
internal static class PayloadWalk
{
    public static Task DecodeAsync(IMessage message, IPayloadCodec? codec) =>
        codec == null ? Task.CompletedTask : VisitAsync(message, codec.DecodeAsync);

    public static Task EncodeAsync(IMessage message, IPayloadCodec? codec) =>
        codec == null ? Task.CompletedTask : VisitAsync(message, codec.EncodeAsync);

    private static async Task VisitAsync(IMessage message, Func<IReadOnlyCollection<Payload>, Task<IReadOnlyCollection<Payload>>> replace)
    {
        if (message is SearchAttributes)
        {
            return;
        }

        foreach (var field in message.Descriptor.Fields.InDeclarationOrder())
        {
            if (field.FieldType != FieldType.Message)
            {
                continue;
            }

            switch (field.Accessor.GetValue(message))
            {
                case Payload single:
                    field.Accessor.SetValue(message, (await replace([single])).Single());
                    break;
                case IMessage inner:
                    await VisitAsync(inner, replace);
                    break;
                case IDictionary map:
                    await VisitMapAsync(map, replace);
                    break;
                case IList { Count: > 0 } list:
                    await VisitListAsync(list, replace);
                    break;
                default:
                    break;
            }
        }
    }

    private static async Task VisitListAsync(IList list, Func<IReadOnlyCollection<Payload>, Task<IReadOnlyCollection<Payload>>> replace)
    {
        if (list[0] is not Payload)
        {
            foreach (var inner in list.Cast<IMessage>())
            {
                await VisitAsync(inner, replace);
            }

            return;
        }

        Payload[] replaced = [.. await replace([.. list.Cast<Payload>()])];
        list.Clear();
        foreach (var payload in replaced)
        {
            list.Add(payload);
        }
    }

    private static async Task VisitMapAsync(IDictionary map, Func<IReadOnlyCollection<Payload>, Task<IReadOnlyCollection<Payload>>> replace)
    {
        foreach (var key in map.Keys.Cast<object>().ToList())
        {
            switch (map[key])
            {
                case Payload payload:
                    map[key] = (await replace([payload])).Single();
                    break;
                case IMessage inner:
                    await VisitAsync(inner, replace);
                    break;
                default:
                    break;
            }
        }
    }
}
