using System.Linq.Expressions;
using System.Reflection;

namespace Temporalio.Common;

/// <summary>
/// The method and the argument values of a lambda such as <c>(IThing thing) => thing.DoAsync(name, 5)</c>: how calls to
/// workflows and activities are written so that the compiler checks them.
/// </summary>
internal sealed record CallExpression(MethodInfo Method, IReadOnlyList<object?> Arguments)
{
    /// <exception cref="ArgumentException">The lambda is not one method call, on its parameter if it has one.</exception>
    public static CallExpression From(LambdaExpression lambda) =>
        lambda.Body is MethodCallExpression call
            ? From(lambda, call)
            : throw new ArgumentException($"The expression must be a single method call, but is: {lambda.Body}", nameof(lambda));

    /// <summary>A query is a method or a property.</summary>
    /// <exception cref="ArgumentException">The lambda is neither a method call nor a property of its parameter.</exception>
    public static (MemberInfo Member, IReadOnlyList<object?> Arguments) FromQuery(LambdaExpression lambda)
    {
        switch (lambda.Body)
        {
            case MethodCallExpression call:
                var (method, arguments) = From(lambda, call);
                return (method, arguments);
            case MemberExpression { Member: PropertyInfo property } access when access.Expression == lambda.Parameters.SingleOrDefault():
                return (property, []);
            default:
                throw new ArgumentException(
                    $"The expression must be a single method call or property of its parameter, but is: {lambda.Body}", nameof(lambda));
        }
    }

    private static CallExpression From(LambdaExpression lambda, MethodCallExpression call)
    {
        if (call.Object is null && lambda.Parameters.Count > 0)
        {
            throw new ArgumentException($"A call of a static method takes no lambda parameter: {lambda}", nameof(lambda));
        }

        if (call.Object is not null && (lambda.Parameters.Count != 1 || call.Object != lambda.Parameters[0]))
        {
            throw new ArgumentException($"The method must be called on the lambda's own parameter: {lambda}", nameof(lambda));
        }

        return new(call.Object is null ? call.Method : MostSpecific(call.Method, call.Object.Type), [.. call.Arguments.Select(Evaluate)]);
    }

    // The compiler names the type that declares the method first; attributes may stand on an override or on a
    // re-implementation nearer to the type of the call.
    private static MethodInfo MostSpecific(MethodInfo method, Type type)
    {
        if (method.ReflectedType == type || method.IsGenericMethod)
        {
            return method;
        }

        Type[] parameters = [.. method.GetParameters().Select(parameter => parameter.ParameterType)];
        return type.GetMethod(method.Name, BindingFlags.Public | BindingFlags.Instance, parameters) ?? method;
    }

    /// <summary>
    /// Reads the usual shapes (constants, captured variables, members, conversions, arrays) directly. Compiling a
    /// lambda for each argument would cost more than the call that it describes.
    /// </summary>
    private static object? Evaluate(Expression expression)
    {
        switch (expression)
        {
            case ConstantExpression constant:
                return constant.Value;
            case MemberExpression { Member: FieldInfo field, Expression: var owner }:
                return field.GetValue(owner is null ? null : Evaluate(owner));
            case MemberExpression { Member: PropertyInfo property, Expression: var owner }
                when owner is null or { Type.IsValueType: false }:
                return property.GetValue(owner is null ? null : Evaluate(owner), BindingFlags.DoNotWrapExceptions, null, null, null);
            case UnaryExpression { NodeType: ExpressionType.Convert, Method: null } convert when IsBoxingOnly(convert):
                return Evaluate(convert.Operand);
            case NewArrayExpression { NodeType: ExpressionType.NewArrayInit } array:
                return EvaluateArray(array);
            default:
                var boxed = Expression.Lambda<Func<object?>>(Expression.Convert(expression, typeof(object)));
                return boxed.Compile(preferInterpretation: true)();
        }
    }

    // Boxed, a T and a T? are the same object, and a reference stays what it is under another static type.
    private static bool IsBoxingOnly(UnaryExpression convert) =>
        convert.Type.IsAssignableFrom(convert.Operand.Type)
        || Nullable.GetUnderlyingType(convert.Type) == convert.Operand.Type;

    private static Array EvaluateArray(NewArrayExpression array)
    {
        var values = Array.CreateInstance(array.Type.GetElementType()!, array.Expressions.Count);
        for (var i = 0; i < array.Expressions.Count; i++)
        {
            values.SetValue(Evaluate(array.Expressions[i]), i);
        }

        return values;
    }
}
