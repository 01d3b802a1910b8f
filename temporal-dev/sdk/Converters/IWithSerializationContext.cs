namespace Temporalio.Converters;

/// <summary>For converters and codecs that behave differently depending on where a value is used.</summary>
public interface IWithSerializationContext<out TResult>
{
    TResult WithSerializationContext(ISerializationContext context);
}
