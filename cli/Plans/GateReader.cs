using System.Globalization;
using Orchestrator.Workflows.Gates;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Cli.Plans;

/// <summary>How plans spell who may decide: the keys of a batch's <c>gate</c>, and the plan's list of <c>approvers</c>.</summary>
internal sealed class GateReader(PlanFindings findings)
{
    private const string Required = "required";

    private static readonly Dictionary<string, bool> Signatures = new() { [Required] = true, ["accepted"] = false };

    private IReadOnlyList<ApproverKey> _keys = [];

    /// <summary>People and their public keys, once for the whole plan.</summary>
    public void ReadApprovers(YamlMap plan)
    {
        if (plan.Map("approvers") is { } approvers)
        {
            _keys = [.. approvers.Keys.Select(who => ReadKey(approvers, who))];
        }
    }

    private ApproverKey ReadKey(YamlMap approvers, string who)
    {
        var text = approvers.Text(who, "Give the public key that 'orchestrator approver keygen' printed.");
        using var key = Signing.TryRead(text);
        if (key is null && text.Length > 0)
        {
            findings.Add(approvers.At(who), $"This is no public key of {who}.", "Give what 'orchestrator approver keygen' printed: ECDSA on P-256, in Base64.");
        }

        return new ApproverKey(who, text);
    }

    public Gate Read(YamlMap map)
    {
        var roles = map.Map("roles");
        map.Require("roles", "Name roles and the people who hold them, for example 'dba: [ada, grace]'.");
        var escalate = map.Map("escalate");
        var gate = new Gate
        {
            Question = map.Text("question", "Ask what the approvers are to decide."),
            Quorum = map.Number("quorum", 1),
            Roles = roles is null ? [] : [.. roles.Keys.Select(name => new GateRole(name, roles.Texts(name)))],
            RequesterMayDecide = map.Flag("requester-may-decide", false),
            ExpiresAfter = map.Duration("expires-after"),
            SignaturesRequired = map.Choice("signatures", Signatures, false),
            RemindEvery = map.Duration("remind-every"),
            EscalateAfter = escalate?.Duration("after"),
            EscalateTo = escalate?.Texts("to"),
            Window = map.Map("window") is { } window ? ReadWindow(window) : null,
        };
        escalate?.Require("after", "Say after how long, for example 1d.");
        escalate?.Require("to", "Name who is told then.");
        escalate?.RefuseOthers();
        map.RefuseOthers();
        var keys = _keys.Where(k => gate.Roles.Any(r => r.IsHeldBy(k.Who))).ToList();
        return gate with { Keys = keys.Count > 0 ? keys : null };
    }

    private ReleaseWindow ReadWindow(YamlMap map)
    {
        map.Require("days", "List days, for example [mon, tue].");
        var window = new ReleaseWindow([.. map.Texts("days").Select((text, i) => ReadDay($"{map.At("days")}[{i}]", text))], ReadTime(map, "from"), ReadTime(map, "to"));
        map.RefuseOthers();
        return window;
    }

    private WindowDay ReadDay(string at, string text)
    {
        var days = Enum.GetNames<WindowDay>().Select(name => name.ToLowerInvariant()).ToList();
        if (days.IndexOf(text) is >= 0 and var day)
        {
            return (WindowDay)day;
        }

        findings.Add(at, $"'{text}' is no day.", $"Days are {string.Join(", ", days)}.");
        return default;
    }

    private TimeOnly ReadTime(YamlMap map, string key)
    {
        var text = map.Text(key, "Write a time in UTC, for example \"22:00\".");
        if (TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
        {
            return time;
        }

        if (text.Length > 0)
        {
            findings.Add(map.At(key), $"'{text}' is no time.", "Write hours and minutes in UTC, for example \"22:00\".");
        }

        return default;
    }
}
