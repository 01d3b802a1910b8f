using Orchestrator.Workflows.Plan;
using YamlDotNet.RepresentationModel;

namespace Orchestrator.Cli.Plans;

/// <summary>Collects mistakes, and remembers where in the file each part of the plan stands.</summary>
internal sealed class PlanFindings(string file)
{
    private readonly Dictionary<string, (long Line, long Column)> _places = new() { [""] = (1, 1) };
    private readonly HashSet<string> _faulty = [];
    private readonly List<PlanFault> _faults = [];

    public IReadOnlyList<PlanFault> Faults => [.. _faults.OrderBy(f => f.Line).ThenBy(f => f.Column)];

    public void Place(string path, YamlNode node) => _places[path] = (node.Start.Line, node.Start.Column);

    public void Add(string path, string message, string? suggestion = null)
    {
        _faulty.Add(path);
        var (line, column) = PlaceOf(path);
        _faults.Add(new PlanFault(file, line, column, message, suggestion));
    }

    public void AddAt(long line, long column, string message, string? suggestion = null) =>
        _faults.Add(new PlanFault(file, line, column, message, suggestion));

    /// <summary>Adds what a rule found, unless the very place was unreadable: then the rule looked at nothing.</summary>
    public void Add(PlanProblem problem)
    {
        if (!_faulty.Contains(problem.At))
        {
            Add(problem.At, problem.Message, problem.Suggestion);
        }
    }

    public (long Line, long Column) PlaceOf(string path)
    {
        var known = path;
        while (!_places.ContainsKey(known))
        {
            var cut = known.LastIndexOfAny(['.', '[']);
            known = cut < 0 ? "" : known[..cut];
        }

        return _places[known];
    }
}
