using System.Collections;
using System.Collections.Immutable;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using TemporalDev.Server.Http.Json;

namespace TemporalDev.Server.Http;

/// <summary>The way to a field of a message or of the messages in it, as URLs name it: <c>execution.workflow_id</c>.</summary>
internal sealed class FieldPath
{
    private readonly ImmutableArray<FieldDescriptor> _steps;

    private FieldPath(ImmutableArray<FieldDescriptor> steps) => _steps = steps;

    public FieldDescriptor Field => _steps[^1];

    /// <summary>Null when there is no such field.</summary>
    public static FieldPath? Find(MessageDescriptor type, string dotted)
    {
        var steps = ImmutableArray.CreateBuilder<FieldDescriptor>();
        var inside = type;
        foreach (var name in dotted.Split('.'))
        {
            if (inside is null || FieldNames.Find(inside, name) is not { } field)
            {
                return null;
            }

            steps.Add(field);
            inside = field.FieldType == FieldType.Message && !field.IsRepeated ? field.MessageType : null;
        }

        return new FieldPath(steps.DrainToImmutable());
    }

    public bool Is(FieldPath other) => _steps.SequenceEqual(other._steps);

    public void Set(IMessage message, object value) => Field.Accessor.SetValue(Holder(message), value);

    public void Add(IMessage message, object value) => ((IList)Field.Accessor.GetValue(Holder(message))).Add(value);

    private IMessage Holder(IMessage message)
    {
        foreach (var step in _steps[..^1])
        {
            if (step.Accessor.GetValue(message) is not IMessage inner)
            {
                inner = step.MessageType.Parser.ParseFrom(ByteString.Empty);
                step.Accessor.SetValue(message, inner);
            }

            message = inner;
        }

        return message;
    }
}
