import assert from 'node:assert/strict';
import { scenario } from '../../runner/scenario.mjs';
import { absent, closing, expectEvents, expectWithin } from '../../temporal/expect.mjs';
import { completeWorkflow } from '../../temporal/commands.mjs';
import { begin, nothingToTake } from '../../temporal/one-activity.mjs';

const needs = ['activity operations'];
const quick = { retryPolicy: { initialInterval: '0.1s', backoffCoefficient: 1 } };

async function pending(probe, run) {
  const { pendingActivities } = await probe.describe(run);
  return pendingActivities[0];
}

export const scenarios = [
  scenario('a paused activity waits until it is unpaused', { needs }, async (probe) => {
    const { run, target } = await begin(probe);
    await probe.call('PauseActivity', { ...target, reason: 'freeze' });
    expectWithin(await pending(probe, run), { paused: true, state: 'PENDING_ACTIVITY_STATE_PAUSED', pauseInfo: { manual: { identity: 'operator', reason: 'freeze' } } });
    await nothingToTake(probe);
    await probe.call('UnpauseActivity', target);
    expectWithin(await pending(probe, run), { paused: absent });
    await probe.completeActivity(await probe.activityTask(), 'after all');
    await probe.advance([completeWorkflow()]);
    const events = await probe.history(run);
    expectEvents(events.slice(5), ['ActivityTaskStarted', ['ActivityTaskCompleted', { result: ['after all'] }], ...closing]);
  }),

  scenario('a running activity hears of its pause by heartbeat and is not retried while it lasts', { needs }, async (probe) => {
    const { run, target } = await begin(probe, quick);
    const activity = await probe.activityTask();
    await probe.call('PauseActivity', target);
    assert.equal((await probe.heartbeat(activity, 1)).activityPaused, true);
    expectWithin(await pending(probe, run), { paused: true, state: 'PENDING_ACTIVITY_STATE_PAUSE_REQUESTED' });
    await probe.failActivity(activity, 'stopped');
    await nothingToTake(probe);
    expectWithin(await pending(probe, run), { state: 'PENDING_ACTIVITY_STATE_PAUSED', attempt: 2 });
    await probe.call('UnpauseActivity', target);
    const again = await probe.activityTask();
    assert.equal(again.attempt, 2);
    await probe.completeActivity(again);
    await probe.advance([completeWorkflow()]);
    const events = await probe.history(run);
    expectEvents(events.slice(5), [['ActivityTaskStarted', { attempt: 2 }], 'ActivityTaskCompleted', ...closing]);
  }),

  scenario('a reset activity begins again at its first attempt', { needs }, async (probe) => {
    const { run, target } = await begin(probe, { retryPolicy: { initialInterval: '60s' } });
    const first = await probe.activityTask();
    await probe.heartbeat(first, { done: 10 });
    await probe.failActivity(first, 'first');
    expectWithin(await pending(probe, run), { attempt: 2 });
    await probe.call('ResetActivity', { ...target, resetHeartbeat: true });
    const again = await probe.activityTask();
    expectWithin(again, { attempt: 1, heartbeatDetails: absent });
    await probe.completeActivity(again);
    await probe.advance([completeWorkflow()]);
    const events = await probe.history(run);
    expectEvents(events.slice(5), [['ActivityTaskStarted', { attempt: 1 }], 'ActivityTaskCompleted', ...closing]);
  }),

  scenario('a running activity hears of its reset by heartbeat', { needs }, async (probe) => {
    const { target } = await begin(probe, { ...quick, heartbeatTimeout: '20s' });
    const activity = await probe.activityTask();
    await probe.call('ResetActivity', target);
    assert.equal((await probe.heartbeat(activity, 1)).activityReset, true);
  }),

  scenario('only what is pending can be paused, unpaused or reset', { needs }, async (probe) => {
    const { run, target } = await begin(probe);
    for (const method of ['PauseActivity', 'UnpauseActivity', 'ResetActivity']) {
      await probe.refused(method, { ...target, id: 'never scheduled' }, { code: 'NOT_FOUND' });
      await probe.refused(method, { execution: target.execution, identity: 'operator' }, { code: 'INVALID_ARGUMENT' });
    }
    expectWithin(await pending(probe, run), { activityId: 'a', paused: absent, attempt: 1 });
  }),
];
