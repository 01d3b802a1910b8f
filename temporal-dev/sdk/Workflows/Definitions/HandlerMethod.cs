using System.Reflection;
using Temporalio.Converters;

namespace Temporalio.Workflows;

/// <summary>Code behind a signal, query or update: a method of the workflow or a delegate set while it runs.</summary>
internal sealed class HandlerMethod
{
    private readonly MethodInfo _method;
    private readonly object? _target;
    private readonly ParameterInfo[] _parameters;

    public HandlerMethod(MethodInfo method)
    {
        _method = method;
        _parameters = method.GetParameters();
    }

    public HandlerMethod(Delegate handler)
    {
        _method = handler.Method;
        _target = handler.Target;
        // A delegate compiled from an expression has a hidden closure parameter; its Invoke has not.
        _parameters = handler.GetType().GetMethod("Invoke")!.GetParameters();
        IsDelegate = true;
        Handler = handler;
    }

    public bool IsDelegate { get; }

    public IReadOnlyList<ParameterInfo> Parameters => _parameters;

    public Type ReturnType => _method.ReturnType;

    private Delegate? Handler { get; }

    public bool TakesNameAndRawArguments =>
        _parameters is [{ ParameterType: var first }, { ParameterType: var second }] &&
        first == typeof(string) && second == typeof(IRawValue[]);

    public object? Invoke(object instance, object?[] arguments) => Handler switch
    {
        null => _method.Invoke(_target ?? instance, BindingFlags.DoNotWrapExceptions, null, arguments, null),
        _ => Handler.GetType().GetMethod("Invoke")!.Invoke(Handler, BindingFlags.DoNotWrapExceptions, null, arguments, null),
    };
}
