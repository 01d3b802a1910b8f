import assert from 'node:assert/strict';
import { WithStartWorkflowOperation } from '@temporalio/client';
import { scenario } from '../../runner/scenario.mjs';
import { expectEvents, expectWithin } from '../../temporal/expect.mjs';

const count = (events, type) => events.filter((event) => event.type === type).length;

export const scenarios = [
  scenario('fifty signals are each applied once', {}, async (probe) => {
    const handle = await probe.begin('ledger');
    await Promise.all(Array.from({ length: 50 }, (_, index) => handle.signal('add', index)));
    assert.equal(await handle.query('total'), 1225);
    await handle.signal('finish');
    assert.equal(await handle.result(), 1225);
    const events = await probe.events(handle.run);
    assert.equal(count(events, 'WorkflowExecutionSignaled'), 51);
    await probe.replay(handle);
  }),

  scenario('a query sees every signal that was acknowledged before it', { needs: ['queries'] }, async (probe) => {
    const handle = await probe.begin('ledger');
    for (let sum = 1; sum <= 10; sum += 1) {
      await handle.signal('add', 1);
      assert.equal(await handle.query('total'), sum);
    }
    await handle.signal('finish');
    await handle.result();
    assert.equal(await handle.query('total'), 10);
    await assert.rejects(handle.query('unheard of'), { name: 'QueryNotRegisteredError' });
  }),

  scenario('the call stack and the metadata of a workflow can be queried', { needs: ['queries'] }, async (probe) => {
    const handle = await probe.begin('tellsOfItself');
    assert.match(await handle.query('__stack_trace'), /tellsOfItself/);
    const metadata = await handle.query('__temporal_workflow_metadata');
    expectWithin(metadata, { currentDetails: 'half of the **rows** are copied', definition: { type: 'tellsOfItself' } });
    await handle.signal('finish');
    await handle.result();
    const description = await handle.describe();
    expectWithin(description, { memo: { phase: 'copying' }, status: { name: 'COMPLETED' } });
    expectWithin(description.typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]).filter(([name]) => name.startsWith('Conformance')).sort(), [
      ['ConformanceInt', 42],
      ['ConformanceKeyword', 'silver'],
    ]);
    await probe.history(handle.run);
  }),

  scenario('an update runs an activity and answers; its validator may refuse it', { needs: ['updates'] }, async (probe) => {
    const handle = await probe.begin('ledger');
    await handle.signal('add', 5);
    assert.equal(await handle.executeUpdate('set', { args: [7], updateId: 'first' }), 5);
    const error = await handle.executeUpdate('set', { args: [-1] }).then(
      () => assert.fail('accepted'),
      (failure) => failure,
    );
    expectWithin(error, { name: 'WorkflowUpdateFailedError', cause: { message: /never negative/ } });
    const started = await handle.startUpdate('set', { args: [9], waitForStage: 'ACCEPTED' });
    assert.equal(await started.result(), 7);
    // The same update id is the same update.
    assert.equal(await handle.executeUpdate('set', { args: [99], updateId: 'first' }), 5);
    await handle.signal('finish');
    assert.equal(await handle.result(), 9);
    const events = await probe.events(handle.run);
    expectEvents(events.filter(({ type }) => type.includes('Update')), [
      ['WorkflowExecutionUpdateAccepted', { protocolInstanceId: 'first' }],
      ['WorkflowExecutionUpdateCompleted', { meta: { updateId: 'first' }, outcome: { success: [5] } }],
      'WorkflowExecutionUpdateAccepted',
      'WorkflowExecutionUpdateCompleted',
    ]);
    await probe.replay(handle);
  }),

  scenario('a workflow is started and updated in one call', { needs: ['update-with-start'] }, async (probe) => {
    const client = await probe.client();
    const workflowId = probe.id();
    const start = () =>
      new WithStartWorkflowOperation('ledger', {
        workflowId,
        taskQueue: probe.queue,
        workflowIdConflictPolicy: 'USE_EXISTING',
      });
    await probe.worker();
    const first = start();
    assert.equal(await client.workflow.executeUpdateWithStart('set', { args: [3], startWorkflowOperation: first }), 0);
    const second = start();
    assert.equal(await client.workflow.executeUpdateWithStart('set', { args: [4], startWorkflowOperation: second }), 3);
    assert.equal((await first.workflowHandle()).firstExecutionRunId, (await second.workflowHandle()).firstExecutionRunId);
    const handle = client.workflow.getHandle(workflowId);
    await handle.signal('finish');
    assert.equal(await handle.result(), 4);
    await probe.replay(handle);
  }),

  scenario('signal-with-start by the official client', {}, async (probe) => {
    const client = await probe.client();
    const taskQueue = await probe.sharedQueue();
    const workflowId = probe.id();
    const handle = await client.workflow.signalWithStart('ledger', { workflowId, taskQueue, signal: 'add', signalArgs: [2] });
    await client.workflow.signalWithStart('ledger', { workflowId, taskQueue, signal: 'add', signalArgs: [3] });
    await handle.signal('finish');
    assert.equal(await handle.result(), 5);
    const events = await probe.events({ workflowId });
    expectEvents(events.slice(0, 2), ['WorkflowExecutionStarted', ['WorkflowExecutionSignaled', { signalName: 'add', input: [2] }]]);
  }),

  scenario('a wait with a time-out gives up in time', {}, async (probe) => {
    const handle = await probe.begin('patient');
    assert.equal(await handle.result(), 'gave up');
    const events = await probe.history(handle.run);
    expectEvents(events.filter(({ type }) => type.startsWith('Timer')), [['TimerStarted', { startToFireTimeout: '0.300s' }], 'TimerFired']);
  }),

  scenario('a patch is marked in the history and in the search attributes', { needs: ['search attributes'] }, async (probe) => {
    const handle = await probe.begin('patchedPath');
    assert.equal(await handle.result(), 'new');
    const events = await probe.history(handle.run);
    expectEvents(events.slice(4, 7), [
      ['MarkerRecorded', { markerName: 'core_patch' }],
      ['UpsertWorkflowSearchAttributes', { searchAttributes: { indexedFields: { TemporalChangeVersion: { value: ['new-path'] } } } }],
      'TimerStarted',
    ]);
    await probe.replay(handle);
  }),

  scenario('the official client names its refusals', {}, async (probe) => {
    const client = await probe.client();
    const handle = await probe.begin('ledger');
    await assert.rejects(probe.begin('ledger', [], { workflowId: handle.workflowId }), { name: 'WorkflowExecutionAlreadyStartedError' });
    await assert.rejects(client.workflow.getHandle(probe.id('nobody')).describe(), { name: 'WorkflowNotFoundError' });
    await handle.terminate('enough');
    const error = await handle.result().then(
      () => assert.fail('it succeeded'),
      (failure) => failure,
    );
    expectWithin(error, { name: 'WorkflowFailedError', cause: { name: 'TerminatedFailure' } });
    await assert.rejects(handle.signal('add', 1), { name: 'WorkflowNotFoundError' });
  }),
];
