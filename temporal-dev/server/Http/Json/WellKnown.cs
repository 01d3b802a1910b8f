using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace TemporalDev.Server.Http.Json;

/// <summary>The messages that protobuf itself gives a JSON form of their own.</summary>
internal static class WellKnown
{
    private static readonly TypeRegistry Types = TypeRegistry.FromFiles(
        Temporalio.Api.ErrorDetails.V1.MessageReflection.Descriptor,
        Temporalio.Api.WorkflowService.V1.RequestResponseReflection.Descriptor);

    /// <summary>Written as one string.</summary>
    public static bool IsText(MessageDescriptor type) =>
        type == Timestamp.Descriptor || type == Duration.Descriptor || type == FieldMask.Descriptor;

    /// <summary>A scalar that can be absent; written as the scalar.</summary>
    public static bool IsWrapper(MessageDescriptor type) => type.File == WrappersReflection.Descriptor;

    public static FieldDescriptor WrappedField(MessageDescriptor wrapper) => wrapper.FindFieldByNumber(1);

    public static MessageDescriptor? Find(Any any) => Types.Find(Any.GetTypeName(any.TypeUrl));

    public static MessageDescriptor? Find(string typeUrl) => Types.Find(Any.GetTypeName(typeUrl));

    public static string Format(IMessage text) => JsonFormatter.Default.Format(text);

    public static IMessage Parse(string json, MessageDescriptor type) => JsonParser.Default.Parse(json, type);
}
