using Temporalio.Converters;

namespace Temporalio.Client;

public class AsyncActivityHeartbeatOptions : ICloneable
{
    public IReadOnlyCollection<object?>? Details { get; set; }

    /// <summary>Instead of the client's: where a converter depends on the activity, which only the caller knows.</summary>
    public DataConverter? DataConverter { get; set; }

    public RpcOptions? Rpc { get; set; }

    public virtual object Clone()
    {
        var copy = (AsyncActivityHeartbeatOptions)MemberwiseClone();
        copy.Rpc = (RpcOptions?)Rpc?.Clone();
        return copy;
    }
}

public class AsyncActivityCompleteOptions : ICloneable
{
    public DataConverter? DataConverter { get; set; }

    public RpcOptions? Rpc { get; set; }

    public virtual object Clone()
    {
        var copy = (AsyncActivityCompleteOptions)MemberwiseClone();
        copy.Rpc = (RpcOptions?)Rpc?.Clone();
        return copy;
    }
}

public class AsyncActivityFailOptions : ICloneable
{
    public IReadOnlyCollection<object?>? LastHeartbeatDetails { get; set; }

    public DataConverter? DataConverter { get; set; }

    public RpcOptions? Rpc { get; set; }

    public virtual object Clone()
    {
        var copy = (AsyncActivityFailOptions)MemberwiseClone();
        copy.Rpc = (RpcOptions?)Rpc?.Clone();
        return copy;
    }
}

public class AsyncActivityReportCancellationOptions : ICloneable
{
    public IReadOnlyCollection<object?>? Details { get; set; }

    public DataConverter? DataConverter { get; set; }

    public RpcOptions? Rpc { get; set; }

    public virtual object Clone()
    {
        var copy = (AsyncActivityReportCancellationOptions)MemberwiseClone();
        copy.Rpc = (RpcOptions?)Rpc?.Clone();
        return copy;
    }
}
