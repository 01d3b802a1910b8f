import assert from 'node:assert/strict';
import { scenario } from '../../runner/scenario.mjs';
import { closing, expectEvents, expectWithin } from '../../temporal/expect.mjs';
import { completeWorkflow } from '../../temporal/commands.mjs';
import { begin } from '../../temporal/one-activity.mjs';

const once = { retryPolicy: { maximumAttempts: 1 } };

async function end(probe, run, expected) {
  await probe.advance([completeWorkflow()]);
  const events = await probe.history(run);
  expectEvents(events.slice(5), [
    ...expected,
    ...closing,
  ]);
}

export const scenarios = [
  scenario('schedule-to-start: nobody took the activity in time, and it is not tried again', {}, async (probe) => {
    const { run } = await begin(probe, { scheduleToStartTimeout: '1s' });
    await end(probe, run, [
      [
        'ActivityTaskTimedOut',
        {
          scheduledEventId: 5,
          failure: { timeoutFailureInfo: { timeoutType: 'TIMEOUT_TYPE_SCHEDULE_TO_START' } },
          retryState: 'RETRY_STATE_TIMEOUT',
        },
      ],
    ]);
  }),

  scenario('schedule-to-close: all attempts together took too long', {}, async (probe) => {
    const { run } = await begin(probe, { scheduleToCloseTimeout: '4s', startToCloseTimeout: '60s', retryPolicy: { initialInterval: '0.1s' } });
    await probe.failActivity(await probe.activityTask(), 'first');
    await probe.activityTask();
    await end(probe, run, [
      ['ActivityTaskStarted', { attempt: 2, lastFailure: { message: 'first' } }],
      [
        'ActivityTaskTimedOut',
        { failure: { timeoutFailureInfo: { timeoutType: 'TIMEOUT_TYPE_SCHEDULE_TO_CLOSE' }, cause: { message: 'first' } }, retryState: 'RETRY_STATE_TIMEOUT' },
      ],
    ]);
  }),

  scenario('start-to-close: one attempt took too long and may be tried again', {}, async (probe) => {
    const { run } = await begin(probe, { startToCloseTimeout: '1s', retryPolicy: { maximumAttempts: 2, initialInterval: '0.1s' } });
    const lost = await probe.activityTask();
    const second = await probe.activityTask();
    assert.equal(second.attempt, 2);
    await probe.refused('RespondActivityTaskCompleted', { taskToken: lost.taskToken }, { code: 'NOT_FOUND' });
    await end(probe, run, [
      ['ActivityTaskStarted', { attempt: 2, lastFailure: { timeoutFailureInfo: { timeoutType: 'TIMEOUT_TYPE_START_TO_CLOSE' } } }],
      [
        'ActivityTaskTimedOut',
        { failure: { timeoutFailureInfo: { timeoutType: 'TIMEOUT_TYPE_START_TO_CLOSE' } }, retryState: 'RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED' },
      ],
    ]);
  }),

  scenario('heartbeat: a silent activity times out with the last that it said', {}, async (probe) => {
    const { run } = await begin(probe, { heartbeatTimeout: '1s', ...once });
    await probe.heartbeat(await probe.activityTask(), { done: 3 });
    await end(probe, run, [
      'ActivityTaskStarted',
      [
        'ActivityTaskTimedOut',
        {
          failure: { timeoutFailureInfo: { timeoutType: 'TIMEOUT_TYPE_HEARTBEAT', lastHeartbeatDetails: [{ done: 3 }] } },
          retryState: 'RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED',
        },
      ],
    ]);
  }),

  scenario('heartbeats keep an activity alive past its heartbeat time-out', {}, async (probe) => {
    const { run } = await begin(probe, { heartbeatTimeout: '2s', ...once });
    const activity = await probe.activityTask();
    const taken = Date.now();
    await probe.until('two heartbeat time-outs have passed', async () => {
      await probe.heartbeat(activity, Date.now() - taken);
      return { holds: Date.now() - taken > 4000, seen: Date.now() - taken };
    });
    await probe.completeActivity(activity, 'alive');
    await end(probe, run, ['ActivityTaskStarted', ['ActivityTaskCompleted', { result: ['alive'] }]]);
  }),

  scenario('a heartbeat time-out hands its details to the next attempt', {}, async (probe) => {
    const { run } = await begin(probe, { heartbeatTimeout: '1s', retryPolicy: { initialInterval: '0.1s' } });
    await probe.heartbeat(await probe.activityTask(), { done: 3 });
    const second = await probe.activityTask();
    expectWithin(second, { attempt: 2, heartbeatDetails: [{ done: 3 }] });
    await probe.completeActivity(second);
    await end(probe, run, [
      ['ActivityTaskStarted', { lastFailure: { timeoutFailureInfo: { timeoutType: 'TIMEOUT_TYPE_HEARTBEAT' } } }],
      'ActivityTaskCompleted',
    ]);
  }),
];
