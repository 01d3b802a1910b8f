import assert from 'node:assert/strict';
import { scenario } from '../../runner/scenario.mjs';
import { expectEvents, expectWithin } from '../../temporal/expect.mjs';
import { completeWorkflow, scheduleActivity } from '../../temporal/commands.mjs';

/** A poll that waits at the service before there is a task for it. */
async function waiting(probe, type, identity) {
  const task = probe.call(`Poll${type}TaskQueue`, { taskQueue: { name: probe.queue }, identity }, { seconds: 20 });
  await probe.until(`${identity} polls`, async () => {
    const { pollers = [] } = await probe.call('DescribeTaskQueue', { taskQueue: { name: probe.queue }, taskQueueType: `TASK_QUEUE_TYPE_${type.toUpperCase()}` });
    return { holds: pollers.some((poller) => poller.identity === identity), seen: pollers };
  });
  return { task };
}

/** What is said of who started what, and in which order of time. */
function starts(events) {
  return events.map(({ type, identity, requestId, attempt, time }, index) => ({
    type,
    identity: identity ?? '',
    hasRequestId: Boolean(requestId),
    attempt: attempt ?? 0,
    isInOrder: index === 0 || Date.parse(time) >= Date.parse(events[index - 1].time),
  }));
}

async function play(probe, { isPolledFirst }) {
  const take = async (type, identity, act) => {
    const poll = isPolledFirst ? await waiting(probe, type, identity) : undefined;
    const acted = await act();
    const { task } = poll ?? (await waiting(probe, type, identity));
    const taken = await task;
    assert.ok(taken.taskToken, `${identity} got no task`);
    return { acted, taken };
  };
  const first = await take('Workflow', 'one', () => probe.start());
  const run = first.acted;
  expectWithin(first.taken, { attempt: 1, startedEventId: 3 });
  const retryPolicy = { initialInterval: '0.1s' };
  const { taken: failing } = await take('Activity', 'two', () => probe.reply(first.taken, [scheduleActivity('a', probe.queue, { retryPolicy })]));
  const { taken: again } = await take('Activity', 'three', () => probe.failActivity(failing, 'once'));
  assert.equal(again.attempt, 2);
  const last = await take('Workflow', 'four', () => probe.completeActivity(again));
  expectWithin(last.taken, { attempt: 1, startedEventId: 9, previousStartedEventId: 3 });
  await probe.reply(last.taken, [completeWorkflow()]);
  const events = await probe.history(run);
  expectEvents(events.slice(4), [
    'ActivityTaskScheduled',
    ['ActivityTaskStarted', { attempt: 2, lastFailure: { message: 'once' } }],
    'ActivityTaskCompleted',
    'WorkflowTaskScheduled',
    'WorkflowTaskStarted',
    'WorkflowTaskCompleted',
    'WorkflowExecutionCompleted',
  ]);
  const told = starts(events);
  probe.record('starts', told.map(({ identity, ...rest }) => ({ ...rest, by: identity })));
  const taken = told.filter(({ type }) => type.endsWith('TaskStarted'));
  assert.deepEqual(taken.map(({ identity }) => identity), ['one', 'three', 'four']);
  assert.ok(told.every(({ isInOrder }) => isInOrder), JSON.stringify(told));
  const requests = events.filter(({ type }) => type.endsWith('TaskStarted')).map(({ requestId }) => requestId);
  assert.equal(new Set(requests.filter(Boolean)).size, 3, `the request ids are ${requests}`);
}

export const scenarios = [
  scenario('tasks go to polls that wait for them', {}, (probe) => play(probe, { isPolledFirst: true })),
  scenario('tasks wait for polls', {}, (probe) => play(probe, { isPolledFirst: false })),
];
