using System.Reflection;

namespace Orchestrator.Tests.Sdk.Compatibility;

/// <summary>What code outside can see of an assembly, a line a member: names, parameters with their defaults, and the defaults of options.</summary>
internal static class PublicSurface
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static IEnumerable<string> Of(Assembly assembly) =>
        from type in assembly.GetExportedTypes()
        let name = TypeText.Of(type)
        from line in Lines(type).Order(StringComparer.Ordinal).Prepend(Kind(type))
        orderby name
        select $"{type.Namespace} {name} {line}";

    private static string Kind(Type type) => type switch
    {
        { IsEnum: true } => "enum",
        { IsInterface: true } => "interface",
        { IsValueType: true } => "struct",
        { IsAbstract: true, IsSealed: true } => "static class",
        _ => $"{(type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : "")}class : {TypeText.Of(type.BaseType ?? typeof(object))}",
    };

    private static IEnumerable<string> Lines(Type type)
    {
        if (type.IsEnum)
        {
            return Enum.GetNames(type).Select(name => $"{name} = {Convert.ToInt64(Enum.Parse(type, name))}");
        }

        return Constructors(type).Concat(Methods(type)).Concat(Properties(type));
    }

    private static IEnumerable<string> Constructors(Type type) =>
        type.GetConstructors(Declared).Select(constructor => $"new({Parameters(constructor)})");

    private static IEnumerable<string> Methods(Type type) =>
        from method in type.GetMethods(Declared)
        where !method.IsSpecialName && !method.Name.Contains('<') && method.GetBaseDefinition().DeclaringType != typeof(object)
        let generics = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(argument => argument.Name))}>" : ""
        select $"{(method.IsStatic ? "static " : "")}{method.Name}{generics}({Parameters(method)}) : {TypeText.Of(method.ReturnType)}";

    private static IEnumerable<string> Properties(Type type)
    {
        var sample = type is { IsAbstract: false, ContainsGenericParameters: false } && type.Name.EndsWith("Options", StringComparison.Ordinal)
            && type.GetConstructor(Type.EmptyTypes) is { } constructor ? constructor.Invoke(null) : null;
        foreach (var property in type.GetProperties(Declared).Where(property => property.GetIndexParameters().Length == 0))
        {
            var fixedDefault = sample != null && (property.PropertyType.IsValueType || property.PropertyType == typeof(string))
                && property.Name != "DebugMode" ? $" = {property.GetValue(sample) ?? "null"}" : "";
            yield return $"{(property.GetMethod?.IsStatic == true ? "static " : "")}{property.Name} {{{(property.GetMethod?.IsPublic == true ? " get;" : "")}" +
                $"{(property.SetMethod?.IsPublic == true ? " set;" : "")} }} : {TypeText.Of(property.PropertyType)}{fixedDefault}";
        }
    }

    private static string Parameters(MethodBase method) => string.Join(
        ", ",
        method.GetParameters().Select(parameter =>
            $"{TypeText.Of(parameter.ParameterType)} {parameter.Name}{(parameter.HasDefaultValue ? $" = {parameter.DefaultValue ?? "default"}" : "")}"));
}

/// <summary>A type as its users write it.</summary>
internal static class TypeText
{
    public static string Of(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner)
        {
            return Of(inner) + "?";
        }

        if (type.IsArray)
        {
            return Of(type.GetElementType()!) + "[]";
        }

        var outer = type is { IsNested: true, IsGenericParameter: false } ? Of(type.DeclaringType!) + "." : "";
        if (!type.IsGenericType)
        {
            return outer + type.Name;
        }

        var tick = type.Name.IndexOf('`');
        return tick < 0 ? outer + type.Name : $"{outer}{type.Name[..tick]}<{string.Join(", ", type.GetGenericArguments().Select(Of))}>";
    }
}
