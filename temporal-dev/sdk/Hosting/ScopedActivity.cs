using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Temporalio.Activities;

namespace Temporalio.Extensions.Hosting;

/// <summary>An activity method that runs in a scope of services, which ends with it.</summary>
internal sealed class ScopedActivity
{
    private static readonly MethodInfo EndOfResult =
        typeof(ScopedActivity).GetMethod(nameof(EndWithResultAsync), BindingFlags.NonPublic | BindingFlags.Static)!;

    private readonly IServiceProvider _provider;
    private readonly Type _type;
    private readonly MethodInfo _method;
    private readonly Func<Task, AsyncServiceScope, Task> _endAsync;

    public ScopedActivity(IServiceProvider provider, Type type, MethodInfo method)
    {
        _provider = provider;
        _type = type;
        _method = method;
        // The worker reads the result from a task of the method's own type, so the task that ends the scope has to be one.
        _endAsync = method.ReturnType is { IsGenericType: true } returned && typeof(Task).IsAssignableFrom(returned)
            ? EndOfResult.MakeGenericMethod(returned.GetGenericArguments()).CreateDelegate<Func<Task, AsyncServiceScope, Task>>()
            : EndAsync;
    }

    public ActivityDefinition Define() => ActivityDefinition.Create(_method, Invoke);

    private static async Task EndAsync(Task activity, AsyncServiceScope scope)
    {
        await using var _ = scope;
        await activity;
    }

    private static async Task<T> EndWithResultAsync<T>(Task activity, AsyncServiceScope scope)
    {
        await using var _ = scope;
        return await (Task<T>)activity;
    }

    private object? Invoke(object?[] arguments)
    {
        // An interceptor that brings a scope of its own keeps it, and ends it itself.
        if (ActivityScope.ServiceScope is { } given)
        {
            return InvokeIn(given, arguments);
        }

        var scope = _provider.CreateAsyncScope();
        ActivityScope.ServiceScope = scope;
        object? result;
        try
        {
            result = InvokeIn(scope, arguments);
        }
        catch
        {
            scope.Dispose();
            throw;
        }

        if (result is Task running)
        {
            return _endAsync(running, scope);
        }

        scope.Dispose();
        return result;
    }

    private object? InvokeIn(IServiceScope scope, object?[] arguments)
    {
        if (!_method.IsStatic)
        {
            ActivityScope.ScopedInstance ??= scope.ServiceProvider.GetRequiredService(_type);
        }

        return _method.Invoke(ActivityScope.ScopedInstance, BindingFlags.DoNotWrapExceptions, binder: null, arguments, culture: null);
    }
}
