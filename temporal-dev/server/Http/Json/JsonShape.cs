namespace TemporalDev.Server.Http.Json;

/// <summary>How payloads look in JSON.</summary>
internal enum JsonShape
{
    /// <summary>A payload that holds JSON is written as that JSON, and any JSON is read as a payload.</summary>
    Shorthand,

    /// <summary>As the protocol's own JSON mapping says: metadata and data in base64.</summary>
    Plain,
}
