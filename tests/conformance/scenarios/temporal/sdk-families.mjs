import assert from 'node:assert/strict';
import { scenario } from '../../runner/scenario.mjs';
import { expectEvents, expectWithin } from '../../temporal/expect.mjs';

const needs = ['children'];
const count = (events, type) => events.filter((event) => event.type === type).length;

export const scenarios = [
  scenario('a parent gathers the results of its children', { needs }, async (probe) => {
    const handle = await probe.begin('parentOf', [5]);
    assert.deepEqual(await handle.result(), [0, 1, 2, 3, 4].map((index) => `${index} of a family`));
    const events = await probe.events(handle.run);
    for (const type of ['StartChildWorkflowExecutionInitiated', 'ChildWorkflowExecutionStarted', 'ChildWorkflowExecutionCompleted']) {
      assert.equal(count(events, type), 5, type);
    }
    await probe.replay(handle);
  }),

  scenario('a child\'s failure reaches its parent as its cause', { needs }, async (probe) => {
    const handle = await probe.begin('parentOfAFailure');
    assert.deepEqual(await handle.result(), { kind: 'ChildWorkflowFailure', cause: 'it broke', type: 'Broken' });
    const events = await probe.history(handle.run);
    expectWithin(events.find(({ type }) => type === 'ChildWorkflowExecutionFailed'), {
      failure: { message: 'it broke', applicationFailureInfo: { type: 'Broken', nonRetryable: true, details: [{ code: 7 }] } },
      retryState: /RETRY_STATE_(RETRY_POLICY_NOT_SET|NON_RETRYABLE_FAILURE)/,
    });
  }),

  scenario('a parent cancels its child, which cleans up first', { needs }, async (probe) => {
    const handle = await probe.begin('cancelsItsChild');
    assert.equal(await handle.result(), 'the child was cancelled');
    const child = await probe.events({ workflowId: `${handle.workflowId}-child` });
    expectEvents(
      child.filter(({ type }) => !type.startsWith('WorkflowTask')),
      ['WorkflowExecutionStarted', 'WorkflowExecutionCancelRequested', 'ActivityTaskScheduled', 'ActivityTaskStarted', 'ActivityTaskCompleted', 'WorkflowExecutionCanceled'],
    );
    await probe.replay(handle);
  }),

  scenario('an abandoned child outlives its parent', { needs }, async (probe) => {
    const handle = await probe.begin('leavesAChild');
    const runId = await handle.result();
    const client = await probe.client();
    const child = client.workflow.getHandle(`${handle.workflowId}-child`, runId);
    assert.equal((await child.describe()).status.name, 'RUNNING');
    await child.signal('finish', 'alone');
    assert.equal(await child.result(), 'alone');
  }),

  scenario('a workflow tells another and cancels another', { needs: ['external'] }, async (probe) => {
    const told = await probe.begin('waits');
    const teller = await probe.begin('tellsAnother', [told.workflowId, 'news']);
    assert.equal(await teller.result(), 'told');
    assert.equal(await told.result(), 'news');
    const cancelled = await probe.begin('waits');
    const asker = await probe.begin('cancelsAnother', [cancelled.workflowId]);
    assert.equal(await asker.result(), 'asked');
    const error = await cancelled.result().then(
      () => assert.fail('it succeeded'),
      (failure) => failure,
    );
    expectWithin(error, { name: 'WorkflowFailedError', cause: { name: 'CancelledFailure' } });
    await probe.replay(cancelled);
    await probe.history(teller.run, 'teller');
    await probe.history(asker.run, 'asker');
  }),

  scenario('a result is followed through a chain of runs', { needs: ['continue-as-new'] }, async (probe) => {
    const handle = await probe.begin('chain', [2]);
    assert.equal(await handle.result(), 3);
    const first = await probe.history(handle.run, 'first');
    expectWithin(first.at(-1), { type: 'WorkflowExecutionContinuedAsNew', input: [1, 2] });
  }),

  scenario('a workflow with a retry policy has a second run', { needs: ['workflow retry'] }, async (probe) => {
    const handle = await probe.begin('secondTimeLucky', [], { retry: { maximumAttempts: 3, initialInterval: '1s' } });
    assert.equal(await handle.result(), 2);
    const first = await probe.history(handle.run, 'first');
    expectWithin(first.at(-1), { type: 'WorkflowExecutionFailed', retryState: 'RETRY_STATE_IN_PROGRESS', failure: { message: 'not yet' } });
  }),

  scenario('a failed workflow tells the official client why', {}, async (probe) => {
    const handle = await probe.begin('fails');
    const error = await handle.result().then(
      () => assert.fail('it succeeded'),
      (failure) => failure,
    );
    expectWithin(error, { name: 'WorkflowFailedError', cause: { name: 'ApplicationFailure', message: 'it broke', type: 'Broken', details: [{ code: 7 }] } });
    await probe.history(handle.run);
  }),

  scenario('a cancelled workflow cleans up before it is cancelled', {}, async (probe) => {
    const handle = await probe.begin('waits');
    await probe.until('the first task is done', async () => {
      const seen = (await probe.events(handle.run)).length;
      return { holds: seen >= 4, seen };
    });
    await handle.cancel();
    await assert.rejects(handle.result(), { name: 'WorkflowFailedError' });
    const events = await probe.history(handle.run);
    expectEvents(events.filter(({ type }) => !type.startsWith('WorkflowTask')), [
      'WorkflowExecutionStarted',
      'WorkflowExecutionCancelRequested',
      'ActivityTaskScheduled',
      'ActivityTaskStarted',
      'ActivityTaskCompleted',
      'WorkflowExecutionCanceled',
    ]);
  }),
];
