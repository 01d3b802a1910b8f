using System.Reflection;

namespace Temporalio.Workflows;

/// <summary>The signal, query and update handlers of a workflow type.</summary>
internal sealed class WorkflowHandlers
{
    private static readonly Type[] Meanings =
        [typeof(WorkflowRunAttribute), typeof(WorkflowSignalAttribute), typeof(WorkflowQueryAttribute), typeof(WorkflowUpdateAttribute), typeof(WorkflowUpdateValidatorAttribute)];

    private readonly Dictionary<string, WorkflowSignalDefinition> _signals = [];
    private readonly Dictionary<string, WorkflowQueryDefinition> _queries = [];
    private readonly Dictionary<string, WorkflowUpdateDefinition> _updates = [];
    private readonly List<string> _problems;

    private WorkflowHandlers(List<string> problems) => _problems = problems;

    public IReadOnlyDictionary<string, WorkflowSignalDefinition> Signals => _signals;

    public WorkflowSignalDefinition? DynamicSignal { get; private set; }

    public IReadOnlyDictionary<string, WorkflowQueryDefinition> Queries => _queries;

    public WorkflowQueryDefinition? DynamicQuery { get; private set; }

    public IReadOnlyDictionary<string, WorkflowUpdateDefinition> Updates => _updates;

    public WorkflowUpdateDefinition? DynamicUpdate { get; private set; }

    public static WorkflowHandlers Read(Type type, List<string> problems)
    {
        const BindingFlags Everything = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;
        var handlers = new WorkflowHandlers(problems);
        var methods = type.GetMethods(Everything);
        var validators = handlers.ReadValidators(methods);
        foreach (var method in methods)
        {
            handlers.ReportLostAttributes(method);
            handlers.ReportSeveralMeanings(method);
            handlers.ReadSignal(method);
            handlers.ReadQuery(method);
            handlers.ReadUpdate(method, validators);
        }

        foreach (var property in type.GetProperties(Everything))
        {
            handlers.ReadQuery(property);
        }

        foreach (var orphan in validators.Values)
        {
            var named = orphan.GetCustomAttribute<WorkflowUpdateValidatorAttribute>(inherit: false)!.UpdateMethod;
            problems.Add($"{DefinitionProblems.Of(orphan)}: there is no [WorkflowUpdate] method named {named}.");
        }

        return handlers;
    }

    private Dictionary<string, MethodInfo> ReadValidators(MethodInfo[] methods)
    {
        var validators = new Dictionary<string, MethodInfo>();
        foreach (var method in methods)
        {
            if (method.GetCustomAttribute<WorkflowUpdateValidatorAttribute>(inherit: false) is not { } attribute)
            {
                continue;
            }

            if (!method.IsPublic || method.IsStatic)
            {
                _problems.Add($"{DefinitionProblems.Of(method)}: a [WorkflowUpdateValidator] method must be public and not static.");
            }

            if (!validators.TryAdd(attribute.UpdateMethod, method))
            {
                _problems.Add($"{attribute.UpdateMethod} has more than one [WorkflowUpdateValidator].");
            }
        }

        return validators;
    }

    // An override hides its base's attribute, so that a handler would silently disappear.
    private void ReportLostAttributes(MethodInfo method)
    {
        var original = method.GetBaseDefinition();
        if (original == method)
        {
            return;
        }

        foreach (var attribute in Meanings)
        {
            if (original.IsDefined(attribute, inherit: false) && !method.IsDefined(attribute, inherit: false))
            {
                _problems.Add($"{DefinitionProblems.Of(method)} overrides a method with [{Written(attribute)}] and must repeat the attribute.");
            }
        }
    }

    private void ReportSeveralMeanings(MethodInfo method)
    {
        var found = Meanings.Where(attribute => method.IsDefined(attribute, inherit: false)).ToList();
        if (found.Count > 1)
        {
            _problems.Add($"{DefinitionProblems.Of(method)} has {string.Join(" and ", found.Select(attribute => $"[{Written(attribute)}]"))}; one is allowed.");
        }
    }

    private static string Written(Type attribute) => attribute.Name[..^"Attribute".Length];

    private void ReadSignal(MethodInfo method)
    {
        if (!method.IsDefined(typeof(WorkflowSignalAttribute), inherit: false) || Report(WorkflowSignalDefinition.SignalProblems(method)))
        {
            return;
        }

        var signal = WorkflowSignalDefinition.FromMethod(method);
        if (signal.Name is { } name ? !_signals.TryAdd(name, signal) : DynamicSignal != null)
        {
            _problems.Add($"has more than one signal handler {(signal.Name == null ? "that is dynamic" : $"named {signal.Name}")}.");
        }

        DynamicSignal = signal.Dynamic ? signal : DynamicSignal;
    }

    private void ReadQuery(MethodInfo method)
    {
        if (method.IsDefined(typeof(WorkflowQueryAttribute), inherit: false) && !Report(WorkflowQueryDefinition.QueryProblems(method)))
        {
            Add(WorkflowQueryDefinition.FromMethod(method));
        }
    }

    private void ReadQuery(PropertyInfo property)
    {
        if (property.IsDefined(typeof(WorkflowQueryAttribute), inherit: false) && !Report(WorkflowQueryDefinition.PropertyProblems(property)))
        {
            Add(WorkflowQueryDefinition.FromProperty(property));
        }
    }

    private void Add(WorkflowQueryDefinition query)
    {
        if (query.Name is { } name ? !_queries.TryAdd(name, query) : DynamicQuery != null)
        {
            _problems.Add($"has more than one query handler {(query.Name == null ? "that is dynamic" : $"named {query.Name}")}.");
        }

        DynamicQuery = query.Dynamic ? query : DynamicQuery;
    }

    private void ReadUpdate(MethodInfo method, Dictionary<string, MethodInfo> validators)
    {
        if (!method.IsDefined(typeof(WorkflowUpdateAttribute), inherit: false))
        {
            return;
        }

        validators.Remove(method.Name, out var validator);
        if (Report(WorkflowUpdateDefinition.UpdateProblems(method, validator)))
        {
            return;
        }

        var update = WorkflowUpdateDefinition.FromMethod(method, validator);
        if (update.Name is { } name ? !_updates.TryAdd(name, update) : DynamicUpdate != null)
        {
            _problems.Add($"has more than one update handler {(update.Name == null ? "that is dynamic" : $"named {update.Name}")}.");
        }

        DynamicUpdate = update.Dynamic ? update : DynamicUpdate;
    }

    private bool Report(IEnumerable<string> problems)
    {
        var before = _problems.Count;
        _problems.AddRange(problems);
        return _problems.Count > before;
    }
}
