namespace Temporalio.Converters;

public class DefaultFailureConverterOptions
{
    /// <summary>
    /// Moves message and stack trace into a payload, where a codec can encrypt them.
    /// </summary>
    public bool EncodeCommonAttributes { get; set; }
}
