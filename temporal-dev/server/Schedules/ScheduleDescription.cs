using System.Buffers.Binary;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using TemporalDev.Server.Visibility;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Schedule.V1;
using Temporalio.Api.WorkflowService.V1;

namespace TemporalDev.Server.Schedules;

/// <summary>What clients see of a schedule, alone and in a list.</summary>
internal static class ScheduleDescription
{
    private const int FutureActions = 10;

    /// <summary>A list shows a part of each, as the official one does.</summary>
    private const int ListedActions = 5;
    private const int ListedSpecs = 10;

    public static DescribeScheduleResponse Describe(ScheduleState state, AttributeSchema schema, DateTimeOffset now) => new()
    {
        Schedule = state.Schedule,
        Info = new()
        {
            ActionCount = state.ActionCount,
            MissedCatchupWindow = state.MissedCatchupWindow,
            OverlapSkipped = state.OverlapSkipped,
            BufferDropped = state.BufferDropped,
            BufferSize = state.Buffer.Count,
            RunningWorkflows = { state.Running },
            RecentActions = { state.Recent },
            FutureActionTimes = { Timestamps(FutureTimes(state, FutureActions, now)) },
            CreateTime = Timestamp.FromDateTimeOffset(state.CreatedAt),
            UpdateTime = state.UpdatedAt is { } updated ? Timestamp.FromDateTimeOffset(updated) : null,
        },
        Memo = state.Memo.Fields.Count > 0 ? state.Memo : null,
        SearchAttributes = Present(schema.Typed(state.SearchAttributes)),
        ConflictToken = Token(state),
    };

    public static ScheduleListEntry Entry(ScheduleState state, AttributeSchema schema, DateTimeOffset now)
    {
        var spec = state.Schedule.Spec.Clone();
        Shorten(spec.StructuredCalendar);
        Shorten(spec.ExcludeStructuredCalendar);
        Shorten(spec.Interval);
        return new ScheduleListEntry
        {
            ScheduleId = state.ScheduleId,
            Memo = state.Memo,
            SearchAttributes = Present(schema.Typed(state.SearchAttributes)),
            Info = new()
            {
                Spec = spec,
                WorkflowType = state.Schedule.Action.StartWorkflow.WorkflowType,
                Notes = state.Schedule.State.Notes,
                Paused = state.Schedule.State.Paused,
                RecentActions = { state.Recent.TakeLast(ListedActions) },
                FutureActionTimes = { Timestamps(FutureTimes(state, ListedActions, now)) },
            },
        };
    }

    public static ByteString Token(ScheduleState state)
    {
        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, state.ConflictToken);
        return ByteString.CopyFrom(bytes);
    }

    public static IEnumerable<Timestamp> Timestamps(IEnumerable<DateTimeOffset> times) => times.Select(Timestamp.FromDateTimeOffset);

    private static IEnumerable<DateTimeOffset> FutureTimes(ScheduleState state, int count, DateTimeOffset now)
    {
        var kept = state.Schedule.State;
        var left = kept.LimitedActions ? (int)Math.Min(count, kept.RemainingActions) : count;
        // Nobody looks at the times of one that is paused; what has passed meanwhile will not come.
        var from = state.MayAct() || now < state.ProcessedUntil ? state.ProcessedUntil : now;
        return state.Times().After(from).SkipWhile(time => time < state.UpdatedAt).Take(left);
    }

    private static SearchAttributes? Present(SearchAttributes attributes) => attributes.IndexedFields.Count > 0 ? attributes : null;

    private static void Shorten<T>(Google.Protobuf.Collections.RepeatedField<T> items)
    {
        while (items.Count > ListedSpecs)
        {
            items.RemoveAt(items.Count - 1);
        }
    }
}
