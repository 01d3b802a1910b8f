using System.Reflection;
using Temporalio.Activities;

namespace Temporalio.Extensions.Hosting;

public static class ServiceProviderExtensions
{
    public static IReadOnlyCollection<ActivityDefinition> CreateTemporalActivityDefinitions<T>(this IServiceProvider provider) =>
        provider.CreateTemporalActivityDefinitions(typeof(T));

    /// <summary>The type's activities, each execution on an instance of the provider in a scope of its own.</summary>
    public static IReadOnlyCollection<ActivityDefinition> CreateTemporalActivityDefinitions(this IServiceProvider provider, Type type)
    {
        const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;
        ActivityDefinition[] definitions =
        [
            .. type.GetMethods(All)
                .Where(method => method.IsDefined(typeof(ActivityAttribute), inherit: false))
                .Select(method => new ScopedActivity(provider, type, method).Define()),
        ];
        return definitions.Length > 0
            ? definitions
            : throw new ArgumentException($"{type} has no method with [Activity].", nameof(type));
    }
}
