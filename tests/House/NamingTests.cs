using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Orchestrator.Tests.House;

public sealed class NamingTests
{
    private static readonly string[] BannedEndings =
        ["Manager", "Helper", "Helpers", "Util", "Utils", "Common", "Impl", "Dto", "Wrapper"];

    private static readonly string[] BannedFolders = ["Models", "Interfaces", "Extensions", "Helpers", "Utils"];

    [Fact]
    public void A_type_is_named_after_what_it_is()
    {
        var unnamed =
            from source in SourceTree.CSharp()
            from type in SourceTree.Declarations(source.Tree).OfType<BaseTypeDeclarationSyntax>()
            where BannedEndings.Any(ending => type.Identifier.Text.EndsWith(ending, StringComparison.Ordinal))
            select $"{source.File}: {type.Identifier.Text}";

        Assert.Empty(unnamed);
    }

    [Fact]
    public void A_folder_is_named_after_a_subject()
    {
        var unnamed =
            from file in SourceTree.Files
            from folder in Path.GetDirectoryName(SourceTree.Relative(file))!.Split('/')
            where BannedFolders.Contains(folder)
            select SourceTree.Relative(file);

        Assert.Empty(unnamed);
    }

    [Fact]
    public void Nothing_is_left_for_later_or_hidden_in_a_region()
    {
        // Spelled in halves, so that this file does not find itself.
        string[] marks = ["TO" + "DO", "FIX" + "ME", "#reg" + "ion", "NotImplemented" + "Exception"];

        var marked =
            from file in SourceTree.Files
            where Path.GetExtension(file) is ".cs" or ".mjs" or ".js" or ".sql"
            from line in File.ReadLines(file)
            from mark in marks
            where line.Contains(mark, StringComparison.Ordinal)
            select $"{SourceTree.Relative(file)}: {line.Trim()}";

        Assert.Empty(marked);
    }
}
