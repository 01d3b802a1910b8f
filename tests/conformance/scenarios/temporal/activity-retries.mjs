import assert from 'node:assert/strict';
import { scenario } from '../../runner/scenario.mjs';
import { payloads } from '../../temporal/plain.mjs';
import { absent, closing, expectEvents, expectWithin } from '../../temporal/expect.mjs';
import { completeWorkflow } from '../../temporal/commands.mjs';
import { begin } from '../../temporal/one-activity.mjs';

const quick = { initialInterval: '0.1s', backoffCoefficient: 1 };

async function end(probe, run, expected) {
  await probe.advance([completeWorkflow()]);
  const events = await probe.history(run);
  expectEvents(events.slice(5), [...expected, ...closing]);
}

export const scenarios = [
  scenario('a failed activity is tried again and the history knows only its last start', {}, async (probe) => {
    const { run } = await begin(probe, { retryPolicy: quick });
    await probe.failActivity(await probe.activityTask(), 'first');
    const { pendingActivities } = await probe.describe(run);
    expectWithin(pendingActivities, [{ attempt: 2, lastFailure: { message: 'first' }, state: /SCHEDULED|STARTED/ }]);
    await probe.failActivity(await probe.activityTask(), 'second');
    const third = await probe.activityTask();
    assert.equal(third.attempt, 3);
    await probe.completeActivity(third, 'at last');
    await end(probe, run, [
      ['ActivityTaskStarted', { attempt: 3, lastFailure: { message: 'second', applicationFailureInfo: { type: 'Broken' } } }],
      ['ActivityTaskCompleted', { result: ['at last'] }],
    ]);
  }),

  scenario('the wait between attempts grows by the coefficient up to the maximum', {}, async (probe) => {
    const { run } = await begin(probe, { retryPolicy: { initialInterval: '0.4s', backoffCoefficient: 2, maximumInterval: '0.8s', maximumAttempts: 4 } });
    const taken = [];
    for (const attempt of [1, 2, 3, 4]) {
      const activity = await probe.activityTask();
      assert.equal(activity.attempt, attempt);
      taken.push(Date.now());
      await probe.failActivity(activity, `attempt ${attempt}`);
    }
    const waits = taken.slice(1).map((time, index) => time - taken[index]);
    [400, 800, 800].forEach((least, index) => assert.ok(waits[index] >= least * 0.95, `waited ${waits} ms`));
    await end(probe, run, [
      ['ActivityTaskStarted', { attempt: 4 }],
      ['ActivityTaskFailed', { failure: { message: 'attempt 4' }, retryState: 'RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED' }],
    ]);
  }),

  scenario('a failure that says so is not retried', {}, async (probe) => {
    const { run } = await begin(probe, { retryPolicy: quick });
    await probe.failActivity(await probe.activityTask(), 'final', { type: 'Broken', nonRetryable: true });
    await end(probe, run, [
      ['ActivityTaskStarted', { attempt: 1, lastFailure: absent }],
      ['ActivityTaskFailed', { retryState: 'RETRY_STATE_NON_RETRYABLE_FAILURE', failure: { applicationFailureInfo: { nonRetryable: true } } }],
    ]);
  }),

  scenario('a failure of a type that the policy names is not retried', {}, async (probe) => {
    const { run } = await begin(probe, { retryPolicy: { ...quick, nonRetryableErrorTypes: ['Refused'] } });
    await probe.failActivity(await probe.activityTask(), 'weather', { type: 'Weather' });
    await probe.failActivity(await probe.activityTask(), 'refused', { type: 'Refused' });
    await end(probe, run, [
      ['ActivityTaskStarted', { attempt: 2, lastFailure: { message: 'weather' } }],
      ['ActivityTaskFailed', { retryState: 'RETRY_STATE_NON_RETRYABLE_FAILURE', failure: { message: 'refused' } }],
    ]);
  }),

  scenario('a failure may name the wait before the next attempt', {}, async (probe) => {
    const { run } = await begin(probe, { retryPolicy: { initialInterval: '60s' } });
    await probe.failActivity(await probe.activityTask(), 'soon', { type: 'Broken', nextRetryDelay: '0.2s' });
    const second = await probe.activityTask();
    assert.equal(second.attempt, 2);
    await probe.completeActivity(second);
    await end(probe, run, ['ActivityTaskStarted', 'ActivityTaskCompleted']);
  }),

  scenario('a wait that would pass the schedule-to-close time-out ends the retries', {}, async (probe) => {
    const { run } = await begin(probe, { scheduleToCloseTimeout: '5s', retryPolicy: { initialInterval: '10s' } });
    await probe.failActivity(await probe.activityTask(), 'no time left');
    await end(probe, run, ['ActivityTaskStarted', ['ActivityTaskFailed', { failure: { message: 'no time left' }, retryState: 'RETRY_STATE_TIMEOUT' }]]);
  }),

  scenario('heartbeat details survive into the next attempt, from heartbeats and from failures', {}, async (probe) => {
    const { run } = await begin(probe, { heartbeatTimeout: '30s', retryPolicy: quick });
    const first = await probe.activityTask();
    assert.ok(absent(first.heartbeatDetails));
    await probe.heartbeat(first, { done: 10 });
    await probe.failActivity(first, 'first');
    const second = await probe.activityTask();
    expectWithin(second, { attempt: 2, heartbeatDetails: [{ done: 10 }] });
    await probe.failActivity(second, 'second', { type: 'Broken' }, { lastHeartbeatDetails: payloads({ done: 20 }) });
    const third = await probe.activityTask();
    expectWithin(third, { attempt: 3, heartbeatDetails: [{ done: 20 }] });
    const { pendingActivities } = await probe.describe(run);
    expectWithin(pendingActivities, [{ heartbeatDetails: [{ done: 20 }], attempt: 3 }]);
    await probe.completeActivity(third);
    await end(probe, run, ['ActivityTaskStarted', 'ActivityTaskCompleted']);
  }),

  scenario('a single attempt is a policy too', {}, async (probe) => {
    const { run } = await begin(probe, { retryPolicy: { maximumAttempts: 1 } });
    await probe.failActivity(await probe.activityTask(), 'once');
    await end(probe, run, ['ActivityTaskStarted', ['ActivityTaskFailed', { retryState: 'RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED' }]]);
  }),
];
