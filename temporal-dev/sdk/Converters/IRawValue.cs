using Temporalio.Api.Common.V1;

namespace Temporalio.Converters;

/// <summary>A value that was decoded but not converted: a parameter of this type takes any payload.</summary>
public interface IRawValue
{
    Payload Payload { get; }
}
