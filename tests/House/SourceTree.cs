using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Orchestrator.Tests.House;

/// <summary>The project's own hand-written source, as the house rules look at it.</summary>
internal static class SourceTree
{
    private static readonly string[] NotOurs = ["bin", "obj", "node_modules", "TestResults", ".git"];

    public static string Root { get; } = FindRoot();

    public static ImmutableArray<string> Files { get; } = [.. Walk(Root)];

    /// <summary>Read once for all rules.</summary>
    public static IReadOnlyList<(string File, SyntaxNode Tree)> CSharp() => Parsed.Value;

    /// <summary>Types and their members, without what is inside of these.</summary>
    public static IEnumerable<SyntaxNode> Declarations(SyntaxNode tree) => tree.DescendantNodes(node =>
        node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax or TypeDeclarationSyntax or BasePropertyDeclarationSyntax or AccessorListSyntax);

    private static Lazy<IReadOnlyList<(string File, SyntaxNode Tree)>> Parsed { get; } = new(() =>
    [
        .. from file in Files
           where file.EndsWith(".cs", StringComparison.Ordinal)
           select (Relative(file), CSharpSyntaxTree.ParseText(File.ReadAllText(file)).GetRoot()),
    ]);

    public static string Relative(string file) => Path.GetRelativePath(Root, file).Replace('\\', '/');

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Orchestrator.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No Orchestrator.sln above {AppContext.BaseDirectory}.");
    }

    private static IEnumerable<string> Walk(string folder)
    {
        foreach (var inner in Directory.EnumerateDirectories(folder))
        {
            if (NotOurs.Contains(Path.GetFileName(inner)))
            {
                continue;
            }

            foreach (var file in Walk(inner))
            {
                yield return file;
            }
        }

        foreach (var file in Directory.EnumerateFiles(folder))
        {
            yield return file;
        }
    }
}
