using System.Reflection;
using Temporalio.Converters;

namespace Temporalio.Workflows;

/// <summary>Code behind a signal, query or update: a method of the workflow or a delegate set while it runs.</summary>
internal sealed class HandlerMethod
{
    private readonly MethodInfo _method;
    private readonly ParameterInfo[] _parameters;
    private readonly Delegate? _handler;

    public HandlerMethod(MethodInfo method)
    {
        _method = method;
        _parameters = method.GetParameters();
    }

    public HandlerMethod(Delegate handler)
    {
        // A delegate's own method may have a hidden parameter for what it captures; its Invoke has not.
        _method = handler.GetType().GetMethod("Invoke")!;
        _parameters = _method.GetParameters();
        _handler = handler;
    }

    public IReadOnlyList<ParameterInfo> Parameters => _parameters;

    public Type ReturnType => _method.ReturnType;

    public bool TakesNameAndRawArguments =>
        _parameters is [{ ParameterType: var first }, { ParameterType: var second }] &&
        first == typeof(string) && second == typeof(IRawValue[]);

    public object? Invoke(object instance, object?[] arguments) =>
        _method.Invoke(_handler ?? instance, BindingFlags.DoNotWrapExceptions, null, arguments, null);
}
