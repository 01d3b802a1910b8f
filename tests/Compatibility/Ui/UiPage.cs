using System.Diagnostics;
using System.Text.Json;

namespace Orchestrator.Tests.Compatibility.Ui;

/// <summary>The web UI as a person uses it: goes to pages, reads, clicks what is called something, fills in fields.</summary>
internal sealed class UiPage(Chromium browser, string address)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

    // Styles change the case of what is shown; Markdown is shown in a frame of its own.
    private const string Shown =
        "[document.body, ...[...document.querySelectorAll('iframe')].map(f => f.contentDocument?.body)].map(body => body?.innerText ?? '').join(' ').toLowerCase()";

    // What a click is for, by the text on it or the name it has for those who cannot see it.
    private const string Finders =
        """
        window.visible = e => !!(e.offsetWidth || e.offsetHeight || e.getClientRects().length);
        window.called = (name, within) => [...(within ?? document).querySelectorAll('button, a, label, summary, [role=button], [role=tab], [role=option], [role=menuitem]')]
            .filter(e => visible(e) && !e.disabled && e.getAttribute('aria-disabled') !== 'true')
            .filter(e => [e.innerText, e.getAttribute('aria-label'), e.title, e.dataset.testid].some(text => (text ?? '').trim() === name))
            .at(-1);
        window.complaint = () => [...document.querySelectorAll('div.fixed.bottom-5.right-5 > div:is(.bg-surface-error, .bg-surface-danger, .bg-surface-warning)')].map(e => e.innerText).join('; ');
        """;

    /// <summary>The form that is open, if there is one: the page behind it is blurred.</summary>
    public async Task<byte[]> ScreenshotAsync() =>
        await browser.ScreenshotAsync(await browser.EvaluateAsync<PagePart?>("document.querySelector('dialog[open]')?.getBoundingClientRect().toJSON() ?? null"));

    public async Task GoAsync(string path)
    {
        await browser.GoAsync($"http://{address}{path}");
        await UntilAsync("document.readyState === 'complete' && !!document.querySelector('main')", $"the page {path}");
    }

    public Task SeesAsync(string text) => UntilAsync($"{Shown}.includes({Quote(text.ToLowerInvariant())})", $"the text \"{text}\"");

    public Task SeesNoMoreAsync(string text) => UntilAsync($"!{Shown}.includes({Quote(text.ToLowerInvariant())})", $"no text \"{text}\"");

    public async Task ClickAsync(string name)
    {
        await UntilAsync($"!!called({Quote(name)})", $"something to click that is called \"{name}\"");
        await browser.EvaluateAsync<JsonElement?>($"called({Quote(name)}).click()");
    }

    /// <summary>An entry of the menu of a workflow's or a schedule's page.</summary>
    public async Task ActAsync(string menu, string entry)
    {
        await ClickAsync(menu);
        await ClickAsync(entry);
        await UntilAsync("!!document.querySelector('dialog[open]')", $"the form that '{entry}' opens");
    }

    /// <summary>One of the values that a form's own list offers.</summary>
    public async Task ChooseAsync(string list, string value)
    {
        await ClickAsync($"{list}-button");
        await ClickAsync(value);
    }

    /// <summary>Sends the form that is open, and waits until it is gone.</summary>
    public async Task ConfirmAsync()
    {
        await ClickAsync("confirm-modal-button");
        await UntilAsync("!document.querySelector('dialog[open]')", "the end of the form");
    }

    public async Task FillAsync(string selector, string text)
    {
        var quoted = Quote(selector);
        await UntilAsync($"[...document.querySelectorAll({quoted})].some(visible)", $"a field {selector}");
        await browser.EvaluateAsync<JsonElement?>(
            $"(e => {{ e.focus(); e.select ? e.select() : getSelection().selectAllChildren(e); }})([...document.querySelectorAll({quoted})].filter(visible).at(-1))");
        await browser.TypeAsync(text);
    }

    /// <summary>Waits for an expression to become true, and says what was on the page when it did not.</summary>
    public async Task UntilAsync(string condition, string wanted)
    {
        var waited = Stopwatch.StartNew();
        while (!await HoldsAsync(condition))
        {
            if (waited.Elapsed > Patience)
            {
                var text = await browser.EvaluateAsync<string>("location.href + '\\n' + document.body.innerText.slice(-700)");
                Assert.Fail($"Waited {Patience} for {wanted}; saw {text}");
            }

            await Task.Delay(LookEvery);
        }
    }

    private async Task<bool> HoldsAsync(string condition)
    {
        var look = await browser.EvaluateAsync<Look>($"(() => {{ {Finders} return {{ complaint: document.body ? complaint() : '', holds: !!document.body && ({condition}) }}; }})()");
        Assert.True(look!.Complaint.Length == 0, $"The page complained: {look.Complaint}");
        return look.Holds;
    }

    private sealed record Look(string Complaint, bool Holds);

    private static string Quote(string text) => JsonSerializer.Serialize(text);
}
