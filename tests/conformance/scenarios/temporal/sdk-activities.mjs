import assert from 'node:assert/strict';
import { scenario } from '../../runner/scenario.mjs';
import { closing, expectEvents, expectWithin } from '../../temporal/expect.mjs';

const opening = ['WorkflowExecutionStarted', 'WorkflowTaskScheduled', 'WorkflowTaskStarted', 'WorkflowTaskCompleted'];

export const scenarios = [
  scenario('the official worker runs a workflow with one activity', {}, async (probe) => {
    const handle = await probe.begin('greeting', ['you']);
    assert.equal(await handle.result(), 'hello, you');
    const events = await probe.expectHistory(handle.run, [
      ...opening,
      ['ActivityTaskScheduled', { activityType: { name: 'greet' }, input: ['you'], retryPolicy: { maximumAttempts: 5, initialInterval: '0.100s', backoffCoefficient: 1 } }],
      ['ActivityTaskStarted', { attempt: 1 }],
      ['ActivityTaskCompleted', { result: ['hello, you'] }],
      ['WorkflowTaskScheduled', { taskQueue: { kind: 'TASK_QUEUE_KIND_STICKY' } }],
      ...closing.slice(1),
    ]);
    expectWithin(events[3], { sdkMetadata: { sdkName: 'temporal-typescript' } });
    await probe.replay(handle);
  }),

  scenario('the official worker retries an activity until it succeeds', {}, async (probe) => {
    const handle = await probe.begin('persistent', [2]);
    assert.equal(await handle.result(), 3);
    const events = await probe.history(handle.run);
    expectEvents(events.slice(5), [['ActivityTaskStarted', { attempt: 3, lastFailure: { message: 'attempt 2' } }], 'ActivityTaskCompleted', ...closing]);
  }),

  scenario('a non-retryable failure reaches the official client with its details', {}, async (probe) => {
    const handle = await probe.begin('refused');
    const error = await handle.result().then(
      () => assert.fail('it succeeded'),
      (failure) => failure,
    );
    assert.equal(error.name, 'WorkflowFailedError');
    expectWithin(error.cause, { name: 'ActivityFailure', activityType: 'refuse', retryState: 'NON_RETRYABLE_FAILURE' });
    expectWithin(error.cause.cause, { name: 'ApplicationFailure', type: 'Refused', message: 'no such table', nonRetryable: true, details: [{ table: 'orders' }] });
    const events = await probe.history(handle.run);
    expectWithin(events.at(-1), {
      type: 'WorkflowExecutionFailed',
      failure: { activityFailureInfo: { activityType: { name: 'refuse' } }, cause: { applicationFailureInfo: { type: 'Refused', nonRetryable: true } } },
    });
  }),

  scenario('an attempt goes on from the checkpoint of the one before', {}, async (probe) => {
    const handle = await probe.begin('resumed');
    assert.deepEqual(await handle.result(), { done: 10 });
    const events = await probe.history(handle.run);
    expectWithin(events[5], { type: 'ActivityTaskStarted', attempt: 2, lastFailure: { message: 'connection lost' } });
  }),

  scenario('a running activity is cancelled through its heartbeat', {}, async (probe) => {
    const handle = await probe.begin('cancelsItsActivity');
    assert.equal(await handle.result(), 'the activity was cancelled');
    const events = await probe.events(handle.run);
    const types = events.map(({ type }) => type);
    for (const type of ['ActivityTaskCancelRequested', 'ActivityTaskStarted', 'ActivityTaskCanceled']) {
      assert.ok(types.includes(type), types.join());
    }
    await probe.replay(handle);
  }),

  scenario('an activity is completed by somebody else with its token', {}, async (probe) => {
    const handle = await probe.begin('elsewhere');
    const token = await probe.until('the activity has handed out its token', async () => {
      const seen = probe.activityToken(handle.run);
      return { holds: seen !== undefined, seen };
    });
    const client = await probe.client();
    await client.activity.heartbeat(token, { still: 'here' });
    await client.activity.complete(token, 'done elsewhere');
    assert.equal(await handle.result(), 'done elsewhere');
    await probe.history(handle.run);
  }),

  scenario('thirty activities at once all come back', {}, async (probe) => {
    const handle = await probe.begin('fanOut', [30]);
    assert.equal(await handle.result(), 870);
    const events = await probe.events(handle.run);
    for (const type of ['ActivityTaskScheduled', 'ActivityTaskStarted', 'ActivityTaskCompleted']) {
      assert.equal(events.filter((event) => event.type === type).length, 30, type);
    }
    await probe.replay(handle);
  }),

  scenario('local activities leave markers and no tasks', {}, async (probe) => {
    const handle = await probe.begin('localOnly', [2]);
    assert.deepEqual(await handle.result(), { greeted: 'hello, local', attempts: 3 });
    await probe.expectHistory(handle.run, [
      ...opening,
      ['MarkerRecorded', { markerName: 'core_local_activity' }],
      ['MarkerRecorded', { markerName: 'core_local_activity' }],
      ['WorkflowExecutionCompleted', { result: [{ greeted: 'hello, local', attempts: 3 }] }],
    ]);
  }),

  scenario('a local activity longer than a workflow task keeps asking for more time', { needs: ['inline task'] }, async (probe) => {
    const handle = await probe.begin('localForLong', [11_000], { workflowTaskTimeout: '10s' });
    assert.equal(await handle.result(), 'rested');
    const events = await probe.events(handle.run);
    assert.ok(events.filter(({ type }) => type === 'WorkflowTaskCompleted').length >= 2, 'no more time was asked for');
    await probe.replay(handle);
  }),
];
