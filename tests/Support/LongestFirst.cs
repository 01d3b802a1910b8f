using System.Reflection;
using Xunit.Abstractions;

[assembly: TestCollectionOrderer("Orchestrator.Tests.Support.LongestFirst", "Orchestrator.Tests")]

namespace Orchestrator.Tests.Support;

/// <summary>About how long the tests of a class, or of a collection's definition, take together.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class TakesSecondsAttribute(int seconds) : Attribute
{
    public int Seconds => seconds;
}

/// <summary>Long ones begin first: one that began last would keep one thread busy while the others have nothing left to do.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    // What xUnit calls the collection of a class that names none.
    private const string OfClass = "Test collection for ";

    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections.OrderByDescending(SecondsOf);

    private static int SecondsOf(ITestCollection collection)
    {
        var name = collection.CollectionDefinition?.Name
            ?? (collection.DisplayName.StartsWith(OfClass, StringComparison.Ordinal) ? collection.DisplayName[OfClass.Length..] : "");
        return typeof(LongestFirst).Assembly.GetType(name)?.GetCustomAttribute<TakesSecondsAttribute>()?.Seconds ?? 0;
    }
}
