using System.Net.Http.Json;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Gates;
using Temporalio.Activities;
using Temporalio.Exceptions;

namespace Orchestrator.Activities.Notices;

/// <summary>Tells people through a webhook, in the JSON that Slack and what imitates it read.</summary>
/// <param name="webhook">Null where there is no channel.</param>
public sealed class NoticeActivities(HttpClient http, Uri? webhook) : INoticeActivities
{
    [Activity]
    public Task NotifyAsync(Notice notice) => ActivityFailures.TranslateAsync(async () =>
    {
        if (webhook is null)
        {
            // Another worker had one when the batch began.
            return;
        }

        var cancel = ActivityExecutionContext.Current.CancellationToken;
        using var answer = await PostAsync(webhook, SlackMessage.Of(notice), cancel);
        if ((int)answer.StatusCode is >= 400 and < 500 and not (408 or 429))
        {
            // The address is a secret of its own and stays out of the message.
            throw new RefusalException($"The webhook refused the notice with status {(int)answer.StatusCode}.");
        }

        if (!answer.IsSuccessStatusCode)
        {
            throw new ApplicationFailureException($"The webhook answered with status {(int)answer.StatusCode}.", errorType: "Weather");
        }
    });

    private async Task<HttpResponseMessage> PostAsync(Uri address, SlackMessage message, CancellationToken cancel)
    {
        try
        {
            return await http.PostAsJsonAsync(address, message, cancel);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !cancel.IsCancellationRequested)
        {
            // Without the inner exception, which names the address.
            throw new ApplicationFailureException($"The webhook does not answer ({e.GetType().Name}).", errorType: "Weather");
        }
    }
}
