import assert from 'node:assert/strict';
import { scenario } from '../../runner/scenario.mjs';
import { closing, expectEvents, expectWithin } from '../../temporal/expect.mjs';
import { completeWorkflow, scheduleActivity } from '../../temporal/commands.mjs';
import { begin, nothingToTake } from '../../temporal/one-activity.mjs';

const needs = ['activity operations'];

/** Both services should answer with the same options. */
async function change(probe, target, activityOptions, ...paths) {
  const reply = await probe.call('UpdateActivityOptions', { ...target, activityOptions, updateMask: paths.join(',') });
  probe.record('changed options', reply);
  return reply.activityOptions;
}

async function options(probe, run) {
  const { pendingActivities } = await probe.describe(run);
  probe.record('described options', pendingActivities[0].activityOptions);
  return pendingActivities[0];
}

export const scenarios = [
  scenario('a waiting activity is moved to another queue', { needs }, async (probe) => {
    const { run, target } = await begin(probe);
    const elsewhere = `${probe.queue}-elsewhere`;
    const changed = await change(probe, target, { taskQueue: { name: elsewhere } }, 'taskQueue.name');
    assert.equal(changed.taskQueue.name, elsewhere);
    expectWithin(await options(probe, run), { activityOptions: { taskQueue: { name: elsewhere } } });
    await nothingToTake(probe);
    await probe.completeActivity(await probe.activityTask({ queue: elsewhere }), 'there');
    await probe.advance([completeWorkflow()]);
    const events = await probe.history(run);
    expectEvents(events.slice(5), [['ActivityTaskStarted', { attempt: 1 }], ['ActivityTaskCompleted', { result: ['there'] }], ...closing]);
  }),

  scenario('a new time-out holds for the attempt that runs', { needs }, async (probe) => {
    const { run, target } = await begin(probe, { startToCloseTimeout: '60s', retryPolicy: { maximumAttempts: 1 } });
    await probe.activityTask();
    await change(probe, target, { startToCloseTimeout: '1s' }, 'startToCloseTimeout');
    await probe.advance([completeWorkflow()]);
    const events = await probe.history(run);
    expectEvents(events.slice(4), [
      ['ActivityTaskScheduled', { startToCloseTimeout: '60s' }],
      'ActivityTaskStarted',
      ['ActivityTaskTimedOut', { failure: { timeoutFailureInfo: { timeoutType: 'TIMEOUT_TYPE_START_TO_CLOSE' } } }],
      ...closing,
    ]);
  }),

  scenario('a shorter interval ends a long backoff', { needs }, async (probe) => {
    const { run, target } = await begin(probe, { retryPolicy: { initialInterval: '60s', backoffCoefficient: 1 } });
    await probe.failActivity(await probe.activityTask(), 'first');
    await change(probe, target, { retryPolicy: { initialInterval: '0.1s' } }, 'retryPolicy.initialInterval');
    const again = await probe.activityTask();
    assert.equal(again.attempt, 2);
    await probe.completeActivity(again);
    await probe.advance([completeWorkflow()]);
    const events = await probe.history(run);
    expectEvents(events.slice(5), [['ActivityTaskStarted', { attempt: 2 }], 'ActivityTaskCompleted', ...closing]);
  }),

  scenario('the attempt that runs becomes the last one', { needs }, async (probe) => {
    const { run, target } = await begin(probe, { retryPolicy: { initialInterval: '0.1s' } });
    const activity = await probe.activityTask();
    await change(probe, target, { retryPolicy: { maximumAttempts: 1 } }, 'retryPolicy.maximumAttempts');
    await probe.failActivity(activity, 'once');
    await probe.advance([completeWorkflow()]);
    const events = await probe.history(run);
    expectEvents(events.slice(5), ['ActivityTaskStarted', ['ActivityTaskFailed', { retryState: 'RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED' }], ...closing]);
  }),

  scenario('what was changed is restored', { needs }, async (probe) => {
    const { run, target } = await begin(probe, { scheduleToCloseTimeout: '90s', heartbeatTimeout: '9s', retryPolicy: { maximumAttempts: 7 } });
    await options(probe, run);
    const given = {
      scheduleToCloseTimeout: '80s',
      scheduleToStartTimeout: '70s',
      heartbeatTimeout: '8s',
      retryPolicy: { maximumInterval: '50s', backoffCoefficient: 3 },
      priority: { priorityKey: 2 },
    };
    const paths = ['scheduleToCloseTimeout', 'scheduleToStartTimeout', 'heartbeatTimeout', 'retryPolicy.maximumInterval', 'retryPolicy.backoffCoefficient', 'priority'];
    await change(probe, target, given, ...paths);
    expectWithin(await options(probe, run), { activityOptions: { heartbeatTimeout: '8s', retryPolicy: { backoffCoefficient: 3, maximumAttempts: 7 } } });
    const restored = await probe.call('UpdateActivityOptions', { ...target, restoreOriginal: true });
    probe.record('restored options', restored);
    expectWithin(await options(probe, run), { activityOptions: { heartbeatTimeout: '9s', retryPolicy: { backoffCoefficient: 2, maximumAttempts: 7 } } });
  }),

  scenario('a reset restores options when asked to', { needs }, async (probe) => {
    const { run, target } = await begin(probe, { heartbeatTimeout: '9s' });
    await change(probe, target, { heartbeatTimeout: '8s' }, 'heartbeatTimeout');
    await probe.call('ResetActivity', target);
    expectWithin(await options(probe, run), { activityOptions: { heartbeatTimeout: '8s' } });
    await probe.call('ResetActivity', { ...target, restoreOriginalOptions: true });
    expectWithin(await options(probe, run), { activityOptions: { heartbeatTimeout: '9s' } });
  }),

  scenario('longer time-outs than the run has are cut', { needs }, async (probe) => {
    const run = await probe.start({ workflowRunTimeout: '100s' });
    await probe.advance([scheduleActivity('a', probe.queue)]);
    const target = { execution: { workflowId: run.workflowId }, id: 'a' };
    await change(probe, target, { startToCloseTimeout: '900s', heartbeatTimeout: '800s' }, 'startToCloseTimeout', 'heartbeatTimeout');
  }),

  scenario('options are changed by type', { needs }, async (probe) => {
    const run = await probe.start();
    await probe.advance([scheduleActivity('a', probe.queue), scheduleActivity('b', probe.queue)]);
    const { execution } = { execution: { workflowId: run.workflowId } };
    await change(probe, { execution, type: 'act' }, { heartbeatTimeout: '5s' }, 'heartbeatTimeout');
    const { pendingActivities } = await probe.describe(run);
    assert.deepEqual(pendingActivities.map(({ activityOptions }) => activityOptions.heartbeatTimeout), ['5s', '5s']);
  }),

  scenario('options that make no sense are refused and change nothing', { needs }, async (probe) => {
    const { run, target } = await begin(probe);
    const activityOptions = { heartbeatTimeout: '5s' };
    const updateMask = 'heartbeatTimeout';
    const refused = (request, code) => probe.refused('UpdateActivityOptions', { ...target, activityOptions, updateMask, ...request }, { code });
    await refused({ id: 'never scheduled' }, 'NOT_FOUND');
    await refused({ id: undefined }, 'INVALID_ARGUMENT');
    await refused({ activityOptions: undefined }, 'INVALID_ARGUMENT');
    await refused({ updateMask: undefined }, 'INVALID_ARGUMENT');
    await refused({ restoreOriginal: true }, 'INVALID_ARGUMENT');
    await refused({ activityOptions: { heartbeatTimeout: '-5s' } }, 'INVALID_ARGUMENT');
    await refused({ updateMask: 'taskQueue.name' }, 'INVALID_ARGUMENT');
    await refused({ updateMask: 'retryPolicy.maximumAttempts' }, 'INVALID_ARGUMENT');
    await refused({ execution: { workflowId: probe.id('nobody') } }, 'NOT_FOUND');
    expectWithin(await options(probe, run), { attempt: 1 });
    await probe.terminate(run);
    await refused({}, 'NOT_FOUND');
  }),
];
