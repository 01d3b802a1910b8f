using System.Linq.Expressions;
using System.Reflection;
using Temporalio.Common;

namespace Orchestrator.Tests.Sdk.Common;

public sealed class CallExpressionTests
{
    private static readonly int Fixed = 5;

    private interface IGreeter
    {
        int Mood { get; }

        Task<string> GreetAsync(string name, int? times, object? extra, params int[] numbers);
    }

    private interface ILoudGreeter : IGreeter;

    [Fact]
    public void Arguments_are_read_from_constants_variables_members_and_calculations()
    {
        var name = "Ada";
        var holder = new { Inner = new { Times = 3 } };

        var call = CallExpression.From((Expression<Func<IGreeter, Task<string>>>)(
            greeter => greeter.GreetAsync(name, holder.Inner.Times, Fixed, Fixed + 1, int.Parse("9"))));

        Assert.Equal(nameof(IGreeter.GreetAsync), call.Method.Name);
        Assert.Equal(["Ada", 3, 5, new[] { 6, 9 }], call.Arguments);
    }

    [Fact]
    public void Nulls_conversions_and_exceptions_of_arguments_are_those_of_the_language()
    {
        int? none = null;
        long wide = 7;
        string? missing = null;

        var call = CallExpression.From((Expression<Func<IGreeter, Task<string>>>)(
            greeter => greeter.GreetAsync(null!, none, wide, (int)wide)));

        Assert.Equal([null, null, 7L, new[] { 7 }], call.Arguments);
        Assert.Throws<NullReferenceException>(() => CallExpression.From(
            (Expression<Func<IGreeter, Task<string>>>)(greeter => greeter.GreetAsync(missing!.Length.ToString(), 1, null))));
    }

    [Fact]
    public void Static_methods_and_methods_without_a_result_can_be_called_as_well()
    {
        var call = CallExpression.From((Expression<Action>)(() => Console.WriteLine("x")));

        Assert.Equal(["x"], call.Arguments);
    }

    [Fact]
    public void A_method_called_on_an_implementation_is_the_implementation_s()
    {
        Expression<Func<Greeter, Task<string>>> onClass = greeter => greeter.GreetAsync("x", 1, null);
        Expression<Func<ILoudGreeter, Task<string>>> onInheriting = greeter => greeter.GreetAsync("x", 1, null);

        Assert.Equal(typeof(Greeter), CallExpression.From(onClass).Method.DeclaringType);
        Assert.Equal(typeof(IGreeter), CallExpression.From(onInheriting).Method.DeclaringType);
    }

    [Fact]
    public void A_query_may_be_a_property()
    {
        Expression<Func<IGreeter, int>> mood = greeter => greeter.Mood;

        var (member, arguments) = CallExpression.FromQuery(mood);

        Assert.Equal(nameof(IGreeter.Mood), Assert.IsAssignableFrom<PropertyInfo>(member).Name);
        Assert.Empty(arguments);
    }

    [Fact]
    public void Anything_but_one_call_on_the_parameter_is_refused()
    {
        IGreeter captured = new Greeter();
        LambdaExpression[] wrong =
        [
            (Expression<Func<IGreeter, int>>)(greeter => greeter.Mood + 1),
            (Expression<Func<IGreeter, Task<string>>>)(greeter => captured.GreetAsync("x", 1, null)),
            (Expression<Func<Task<string>>>)(() => captured.GreetAsync("x", 1, null)),
            (Expression<Func<IGreeter, int>>)(greeter => int.Parse("1")),
        ];

        Assert.All(wrong, lambda => Assert.Throws<ArgumentException>(() => CallExpression.From(lambda)));
        Assert.Throws<ArgumentException>(() => CallExpression.FromQuery((Expression<Func<IGreeter, int>>)(greeter => captured.Mood)));
    }

    private sealed class Greeter : IGreeter
    {
        public int Mood => 1;

        public Task<string> GreetAsync(string name, int? times, object? extra, params int[] numbers) => Task.FromResult(name);
    }
}
