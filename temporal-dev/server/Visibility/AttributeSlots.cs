using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Engine;
using Temporalio.Api.Enums.V1;

namespace TemporalDev.Server.Visibility;

/// <summary>
/// A namespace has a fixed number of slots for search attributes of each type, named "Int01", and calls each by the name
/// that its users gave it. Clients and the web UI read these pairs in the namespace's configuration.
/// </summary>
internal static class AttributeSlots
{
    private const int KeywordSlots = 10;
    private const int OtherSlots = 3;

    public static IndexedValueType TypeOf(string slot) => Enum.Parse<IndexedValueType>(slot.AsSpan(0, slot.Length - 2));

    public static void Add(IDictionary<string, string> aliases, string name, IndexedValueType type)
    {
        if (name.Length is 0 or > Limits.IdLength || !Enum.IsDefined(type) || type == IndexedValueType.Unspecified)
        {
            throw new GrpcException(GrpcStatusCode.InvalidArgument, $"Search attribute '{name}' needs a name and a type.");
        }

        RequireFree(name);
        if (aliases.FirstOrDefault(pair => pair.Value == name).Key is { } taken)
        {
            if (TypeOf(taken) != type)
            {
                throw new GrpcException(GrpcStatusCode.AlreadyExists, $"Search attribute {name} already exists with the type {TypeOf(taken)}.");
            }

            return;
        }

        var slots = type == IndexedValueType.Keyword ? KeywordSlots : OtherSlots;
        var free = Enumerable.Range(1, slots).Select(index => $"{type}{index:00}").FirstOrDefault(slot => !aliases.ContainsKey(slot))
            ?? throw new GrpcException(
                GrpcStatusCode.InvalidArgument,
                $"Unable to create search attributes: cannot have more than {slots} search attribute of type {type}.");
        aliases[free] = name;
    }

    /// <summary>A name that is not there is gone already.</summary>
    public static void Remove(IDictionary<string, string> aliases, string name)
    {
        RequireFree(name);
        if (aliases.FirstOrDefault(pair => pair.Value == name).Key is { } slot)
        {
            aliases.Remove(slot);
        }
    }

    private static void RequireFree(string name)
    {
        if (KnownAttributes.IsReserved(name))
        {
            throw new GrpcException(GrpcStatusCode.InvalidArgument, $"Search attribute {name} is reserved by system.");
        }
    }
}
