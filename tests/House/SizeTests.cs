using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Orchestrator.Tests.House;

public sealed class SizeTests
{
    private const int MaxFileLines = 400;
    private const int MaxMethodLines = 70;

    [Fact]
    public void No_code_file_is_longer_than_400_lines()
    {
        var code = SourceTree.Files.Where(file => Path.GetExtension(file) is ".cs" or ".mjs" or ".js" or ".sh" or ".css");

        var tooLong =
            from file in code
            let lines = File.ReadLines(file).Count()
            where lines > MaxFileLines
            select $"{SourceTree.Relative(file)}: {lines} lines";

        Assert.Empty(tooLong);
    }

    [Fact]
    public void No_method_is_longer_than_70_lines()
    {
        var tooLong =
            from source in SourceTree.CSharp()
            // A local function is part of the method around it, which would be too long as well.
            from member in SourceTree.Declarations(source.Tree)
            where member is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax
            let lines = Lines(member)
            where lines > MaxMethodLines
            select $"{source.File}: {Name(member)} has {lines} lines";

        Assert.Empty(tooLong);
    }

    private static int Lines(SyntaxNode member)
    {
        var span = member.GetLocation().GetLineSpan();
        return span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
    }

    private static string Name(SyntaxNode member) => member switch
    {
        MethodDeclarationSyntax method => method.Identifier.Text,
        ConstructorDeclarationSyntax constructor => constructor.Identifier.Text,
        _ => member.Kind().ToString(),
    };
}
