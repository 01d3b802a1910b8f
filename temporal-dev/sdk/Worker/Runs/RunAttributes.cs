using Temporalio.Api.Common.V1;
using Temporalio.Common;
using Temporalio.Converters;
using Temporalio.Workflows;

namespace Temporalio.Worker.Runs;

/// <summary>The run's memo and search attributes, which it may change.</summary>
internal sealed class RunAttributes(RunState state, Memo? memo, SearchAttributes? searchAttributes)
{
    private readonly Dictionary<string, IRawValue> _memo =
        memo?.Fields.ToDictionary(field => field.Key, field => (IRawValue)new RawValue(field.Value)) ?? [];

    public IReadOnlyDictionary<string, IRawValue> Memo => _memo;

    public SearchAttributeCollection SearchAttributes { get; } = SearchAttributeCollection.FromProto(searchAttributes ?? new());

    public void Upsert(IReadOnlyCollection<MemoUpdate> updates)
    {
        state.Commands.ThrowIfReadOnly();
        RefuseEmptyOrRepeated(updates.Select(update => update.UntypedKey), "memo field");
        var upserted = new Memo();
        foreach (var update in updates)
        {
            upserted.Fields.Add(update.UntypedKey, state.PayloadConverter.ToPayload(update.UntypedValue));
        }

        foreach (var update in updates)
        {
            if (update.HasValue)
            {
                _memo[update.UntypedKey] = new RawValue(upserted.Fields[update.UntypedKey]);
            }
            else
            {
                _memo.Remove(update.UntypedKey);
            }
        }

        state.Commands.Add(new() { ModifyWorkflowProperties = new() { UpsertedMemo = upserted } });
    }

    public void Upsert(IReadOnlyCollection<SearchAttributeUpdate> updates)
    {
        state.Commands.ThrowIfReadOnly();
        RefuseEmptyOrRepeated(updates.Select(update => update.UntypedKey.Name), "search attribute");
        SearchAttributes.ApplyUpdates(updates);
        var upserted = new SearchAttributes();
        foreach (var update in updates)
        {
            upserted.IndexedFields.Add(
                update.UntypedKey.Name,
                SearchAttributePayloads.Write(update.UntypedKey, update.HasValue ? update.UntypedValue : null));
        }

        state.Commands.Add(new() { UpsertWorkflowSearchAttributes = new() { SearchAttributes = upserted } });
    }

    private static void RefuseEmptyOrRepeated(IEnumerable<string> keys, string what)
    {
        var all = keys.ToList();
        if (all.Count == 0)
        {
            throw new ArgumentException($"At least one {what} is needed.");
        }

        if (all.GroupBy(key => key).FirstOrDefault(group => group.Count() > 1) is { } repeated)
        {
            throw new ArgumentException($"The {what} {repeated.Key} is updated more than once in one call.");
        }
    }
}
