import assert from 'node:assert/strict';
import { scenario } from '../../runner/scenario.mjs';
import { absent, expectWithin } from '../../temporal/expect.mjs';
import { completeWorkflow, recordMarker, startTimer } from '../../temporal/commands.mjs';

const closeEventOnly = 'HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT';
const types = (page) => (page.history?.events ?? []).map(({ type }) => type);
const ids = (page) => (page.history?.events ?? []).map(({ id }) => id);

const read = (probe, { workflowId, runId }, request = {}, options) =>
  probe.call('GetWorkflowExecutionHistory', { execution: { workflowId, runId }, ...request }, options);

/** A closed run whose events came one by one: a service pages by what was written together. */
async function longRun(probe, signals) {
  const run = await probe.start();
  for (let sent = 0; sent < signals; sent += 1) {
    await probe.signal(run, 'go', sent);
  }
  await probe.advance([completeWorkflow('end')]);
  return run;
}

export const scenarios = [
  scenario('a history is read page by page, each event once', {}, async (probe) => {
    const run = await longRun(probe, 20);
    const seen = [];
    let nextPageToken;
    let pages = 0;
    do {
      const page = await read(probe, run, { maximumPageSize: 5, nextPageToken });
      seen.push(...ids(page));
      nextPageToken = page.nextPageToken;
      pages += 1;
    } while (nextPageToken);
    assert.deepEqual(seen, Array.from({ length: 25 }, (_, index) => index + 1));
    assert.ok(pages > 1, 'all came in one page');
  }),

  scenario('a history is read backwards', {}, async (probe) => {
    const run = await longRun(probe, 20);
    const seen = [];
    let nextPageToken;
    do {
      const page = await probe.call('GetWorkflowExecutionHistoryReverse', {
        execution: { workflowId: run.workflowId, runId: run.runId },
        maximumPageSize: 10,
        nextPageToken,
      });
      seen.push(...ids(page));
      nextPageToken = page.nextPageToken;
    } while (nextPageToken);
    assert.deepEqual(seen, Array.from({ length: 25 }, (_, index) => 25 - index));
  }),

  scenario('a reader that waits is told of each new event', {}, async (probe) => {
    const run = await probe.start();
    const first = await read(probe, run, { waitNewEvent: true });
    assert.deepEqual(types(first), ['WorkflowExecutionStarted', 'WorkflowTaskScheduled']);
    const more = read(probe, run, { waitNewEvent: true, nextPageToken: first.nextPageToken }, { seconds: 20 });
    await probe.signal(run, 'go');
    const second = await more;
    assert.deepEqual(types(second), ['WorkflowExecutionSignaled']);

    let { nextPageToken } = second;
    const rest = [];
    const following = (async () => {
      while (nextPageToken) {
        const page = await read(probe, run, { waitNewEvent: true, nextPageToken }, { seconds: 20 });
        rest.push(...types(page));
        nextPageToken = page.nextPageToken;
      }
    })();
    await probe.advance([completeWorkflow()]);
    await following;
    assert.deepEqual(rest, ['WorkflowTaskStarted', 'WorkflowTaskCompleted', 'WorkflowExecutionCompleted']);
  }),

  scenario('a reader of the closing event waits for it alone', {}, async (probe) => {
    const run = await probe.start();
    const request = { waitNewEvent: true, historyEventFilterType: closeEventOnly };
    const closing = read(probe, run, request, { seconds: 20 });
    await probe.advance([startTimer('short', 0.5)]);
    await probe.advance([completeWorkflow('end')]);
    const page = await closing;
    expectWithin(page.history.events, [{ type: 'WorkflowExecutionCompleted', result: ['end'] }]);
    assert.ok(absent(page.nextPageToken));
    assert.deepEqual(types(await read(probe, run, { historyEventFilterType: closeEventOnly })), ['WorkflowExecutionCompleted']);
  }),

  scenario('an open run has no closing event, whoever asks', {}, async (probe) => {
    const run = await probe.start();
    const page = await read(probe, run, { historyEventFilterType: closeEventOnly }, { seconds: 3 });
    assert.deepEqual(types(page), []);
  }),

  scenario('a wait without news ends with a token to go on with', {}, async (probe) => {
    const run = await probe.start();
    const first = await read(probe, run, { waitNewEvent: true });
    const quiet = await read(probe, run, { waitNewEvent: true, nextPageToken: first.nextPageToken }, { seconds: 30 });
    assert.deepEqual(types(quiet), []);
    await probe.signal(run, 'go');
    const news = await read(probe, run, { waitNewEvent: true, nextPageToken: quiet.nextPageToken }, { seconds: 30 });
    assert.deepEqual(types(news), ['WorkflowExecutionSignaled']);
  }),

  scenario('a page token stays with its run', {}, async (probe) => {
    const first = await longRun(probe, 20);
    const page = await read(probe, { workflowId: first.workflowId }, { maximumPageSize: 3 });
    await probe.start({ workflowId: first.workflowId });
    const next = await read(probe, { workflowId: first.workflowId }, { maximumPageSize: 100, nextPageToken: page.nextPageToken });
    assert.equal(types(next).at(-1), 'WorkflowExecutionCompleted');
  }),

  scenario('a page token from elsewhere is refused', {}, async (probe) => {
    const run = await longRun(probe, 20);
    const execution = { workflowId: run.workflowId, runId: run.runId };
    const nextPageToken = Buffer.from('no token').toString('base64');
    await probe.refused('GetWorkflowExecutionHistory', { execution, nextPageToken }, { code: 'INVALID_ARGUMENT' });
  }),

  scenario('a reader is shown the attempt under way, though it is not written', {}, async (probe) => {
    const run = await probe.start();
    await probe.failTask(await probe.workflowTask(), 'first');
    assert.deepEqual(types(await read(probe, run)).slice(3), ['WorkflowTaskFailed', 'WorkflowTaskScheduled']);
    const second = await probe.workflowTask();
    const shown = (await read(probe, run)).history.events;
    expectWithin(shown.slice(4), [{ id: 5, type: 'WorkflowTaskScheduled', attempt: 2 }, { id: 6, type: 'WorkflowTaskStarted' }]);
    await probe.failTask(second, 'second');
    assert.deepEqual(ids(await read(probe, run)), [1, 2, 3, 4, 5]);
    await probe.advance([completeWorkflow()]);
    await probe.history(run);
  }),

  scenario('a long history reaches its worker in pages', {}, async (probe) => {
    const run = await probe.start();
    await probe.advance([
      ...Array.from({ length: 1100 }, (_, index) => recordMarker(`m-${index}`, index)),
    ], { forceCreateNewWorkflowTask: true });
    const task = await probe.workflowTask();
    let seen = task.history.events.length;
    for (let { nextPageToken } = task; nextPageToken; ) {
      const page = await read(probe, run, { nextPageToken });
      seen += ids(page).length;
      nextPageToken = page.nextPageToken;
    }
    assert.equal(seen, 4 + 1100 + 2);
    await probe.reply(task, [completeWorkflow()]);
  }),
];
