import assert from 'node:assert/strict';
import { scenario } from '../../runner/scenario.mjs';
import { payload } from '../../temporal/plain.mjs';
import { absent, expectWithin } from '../../temporal/expect.mjs';
import { completeWorkflow, failWorkflow } from '../../temporal/commands.mjs';

const reuse = (policy) => ({ workflowIdReusePolicy: `WORKFLOW_ID_REUSE_POLICY_${policy}` });
const conflict = (policy) => ({ workflowIdConflictPolicy: `WORKFLOW_ID_CONFLICT_POLICY_${policy}` });

export const scenarios = [
  scenario('a start writes the started event and the first workflow task', {}, async (probe) => {
    const run = await probe.start({ input: 'hello', workflowExecutionTimeout: '30s', workflowRunTimeout: '60s' });
    assert.equal(run.reply.started, true);
    const task = await probe.advance([completeWorkflow('done')]);
    expectWithin(task, { attempt: 1, startedEventId: 3, workflowType: { name: 'byHand' }, workflowExecutionTaskQueue: { name: probe.queue } });

    await probe.expectHistory(run, [
      [
        'WorkflowExecutionStarted',
        {
          workflowType: { name: 'byHand' },
          taskQueue: { name: probe.queue },
          input: ['hello'],
          workflowExecutionTimeout: '30s',
          // A run cannot outlive its execution.
          workflowRunTimeout: '30s',
          workflowTaskTimeout: '10s',
          originalExecutionRunId: run.runId,
          firstExecutionRunId: run.runId,
          attempt: 1,
          workflowId: run.workflowId,
        },
      ],
      ['WorkflowTaskScheduled', { taskQueue: { name: probe.queue }, startToCloseTimeout: '10s', attempt: 1 }],
      ['WorkflowTaskStarted', { scheduledEventId: 2 }],
      ['WorkflowTaskCompleted', { scheduledEventId: 2, startedEventId: 3 }],
      ['WorkflowExecutionCompleted', { result: ['done'], workflowTaskCompletedEventId: 4 }],
    ]);
  }),

  scenario('memo, header, search attributes, user metadata and retry policy arrive in the started event', {}, async (probe) => {
    const run = await probe.start({
      memo: { fields: { plan: payload('blueprint') } },
      header: { fields: { trace: payload('t-1') } },
      searchAttributes: { indexedFields: { ConformanceKeyword: payload('gold', { type: 'Keyword' }) } },
      userMetadata: { summary: payload('one batch'), details: payload('all of it') },
      retryPolicy: { maximumAttempts: 3 },
      priority: { priorityKey: 2 },
    });
    await probe.advance([completeWorkflow()]);

    const [started] = await probe.history(run);
    expectWithin(started, {
      memo: { fields: { plan: 'blueprint' } },
      header: { fields: { trace: 't-1' } },
      searchAttributes: { indexedFields: { ConformanceKeyword: { type: 'Keyword', value: 'gold' } } },
      userMetadata: { summary: 'one batch', details: 'all of it' },
      retryPolicy: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '100s', maximumAttempts: 3 },
      priority: { priorityKey: 2 },
    });
    const description = await probe.describe(run);
    expectWithin(description, {
      executionConfig: { userMetadata: { summary: 'one batch', details: 'all of it' } },
      workflowExecutionInfo: {
        status: 'WORKFLOW_EXECUTION_STATUS_COMPLETED',
        historyLength: 5,
        memo: { fields: { plan: 'blueprint' } },
        searchAttributes: { indexedFields: { ConformanceKeyword: { type: 'Keyword', value: 'gold' } } },
        taskQueue: probe.queue,
        rootExecution: { workflowId: run.workflowId, runId: run.runId },
        firstRunId: run.runId,
      },
    });
  }),

  scenario('a delayed start has no workflow task until the delay has passed', {}, async (probe) => {
    const run = await probe.start({ workflowStartDelay: '1s' });
    await probe.expectHistory(run, [['WorkflowExecutionStarted', { firstWorkflowTaskBackoff: '1s' }]], 'before');
    await probe.advance([completeWorkflow()]);
    const events = await probe.expectHistory(run, [
      'WorkflowExecutionStarted',
      'WorkflowTaskScheduled',
      'WorkflowTaskStarted',
      'WorkflowTaskCompleted',
      'WorkflowExecutionCompleted',
    ]);
    assert.ok(Date.parse(events[1].time) - Date.parse(events[0].time) >= 1000, 'the task came before its time');
  }),

  scenario('a signal does not end the delay of a start', {}, async (probe) => {
    const run = await probe.start({ workflowStartDelay: '2s' });
    await probe.signal(run, 'go');
    await probe.advance([completeWorkflow()]);
    const events = await probe.expectHistory(run, [
      'WorkflowExecutionStarted',
      ['WorkflowExecutionSignaled', { signalName: 'go' }],
      'WorkflowTaskScheduled',
      'WorkflowTaskStarted',
      'WorkflowTaskCompleted',
      'WorkflowExecutionCompleted',
    ]);
    assert.ok(Date.parse(events[2].time) - Date.parse(events[0].time) >= 2000, 'the task came before its time');
  }),

  scenario('the same request id starts the same run', {}, async (probe) => {
    const request = probe.startRequest();
    const first = await probe.call('StartWorkflowExecution', request);
    const second = await probe.call('StartWorkflowExecution', request);
    assert.equal(second.runId, first.runId);
    assert.equal(second.started, true);
    await probe.advance([completeWorkflow()]);
    const closed = await probe.call('StartWorkflowExecution', request);
    assert.equal(closed.runId, first.runId);
  }),

  scenario('a second start of a running id is refused with the run that is there', {}, async (probe) => {
    const run = await probe.start({ requestId: 'the-first-one' });
    await probe.refused('StartWorkflowExecution', probe.startRequest({ workflowId: run.workflowId }), {
      code: 'ALREADY_EXISTS',
      details: [{ type: 'WorkflowExecutionAlreadyStartedFailure', runId: run.runId, startRequestId: 'the-first-one' }],
    });
    await probe.expectHistory(run, ['WorkflowExecutionStarted', 'WorkflowTaskScheduled']);
  }),

  scenario('use-existing answers with the running run and can attach a request id to it', {}, async (probe) => {
    const run = await probe.start();
    const plain = await probe.start({ workflowId: run.workflowId, ...conflict('USE_EXISTING') });
    assert.equal(plain.runId, run.runId);
    assert.ok(absent(plain.reply.started));

    const attached = await probe.start({
      workflowId: run.workflowId,
      ...conflict('USE_EXISTING'),
      requestId: 'another-one',
      onConflictOptions: { attachRequestId: true },
    });
    assert.equal(attached.runId, run.runId);
    await probe.advance([completeWorkflow()]);
    await probe.expectHistory(run, [
      'WorkflowExecutionStarted',
      'WorkflowTaskScheduled',
      ['WorkflowExecutionOptionsUpdated', { attachedRequestId: 'another-one' }],
      'WorkflowTaskStarted',
      'WorkflowTaskCompleted',
      'WorkflowExecutionCompleted',
    ]);
    const { workflowExtendedInfo } = await probe.describe(run);
    expectWithin(workflowExtendedInfo.requestIdInfos['another-one'], {
      eventType: 'EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED',
      eventId: 3,
    });
  }),

  scenario('terminate-existing closes the running run and starts another', {}, async (probe) => {
    const first = await probe.start();
    // Two runs of one id within a second are refused; a run that is old enough may be replaced.
    const second = await probe.until('the id can be reused', async () => {
      const seen = await probe
        .start({ workflowId: first.workflowId, ...conflict('TERMINATE_EXISTING') })
        .catch((error) => (error.code === 'RESOURCE_EXHAUSTED' ? undefined : Promise.reject(error)));
      return { holds: seen !== undefined, seen };
    });
    assert.notEqual(second.runId, first.runId);
    await probe.expectHistory(first, ['WorkflowExecutionStarted', 'WorkflowTaskScheduled', 'WorkflowExecutionTerminated'], 'first');
    await probe.expectHistory(second, ['WorkflowExecutionStarted', 'WorkflowTaskScheduled'], 'second');
  }),

  scenario('a closed id may be used again unless the reuse policy says no', {}, async (probe) => {
    const workflowId = probe.id();
    const completed = await probe.start({ workflowId });
    await probe.advance([completeWorkflow()]);
    for (const policy of ['REJECT_DUPLICATE', 'ALLOW_DUPLICATE_FAILED_ONLY']) {
      await probe.refused('StartWorkflowExecution', probe.startRequest({ workflowId, ...reuse(policy) }), {
        code: 'ALREADY_EXISTS',
        details: [{ type: 'WorkflowExecutionAlreadyStartedFailure', runId: completed.runId }],
      });
    }

    const again = await probe.start({ workflowId, ...reuse('ALLOW_DUPLICATE') });
    await probe.advance([failWorkflow('no')]);
    const afterFailure = await probe.start({ workflowId, ...reuse('ALLOW_DUPLICATE_FAILED_ONLY') });
    assert.equal(new Set([completed.runId, again.runId, afterFailure.runId]).size, 3);
    const current = await probe.describe({ workflowId });
    assert.equal(current.workflowExecutionInfo.execution.runId, afterFailure.runId);
  }),

  scenario('an eager start brings the first workflow task in the reply', { needs: ['eager start'] }, async (probe) => {
    const run = await probe.start({ requestEagerExecution: true });
    const task = run.reply.eagerWorkflowTask;
    expectWithin(task, { attempt: 1, startedEventId: 3, workflowExecution: { workflowId: run.workflowId, runId: run.runId } });
    assert.deepEqual(
      task.history.events.map(({ type }) => type),
      ['WorkflowExecutionStarted', 'WorkflowTaskScheduled', 'WorkflowTaskStarted'],
    );
    await probe.reply(task, [completeWorkflow('at once')]);
    const events = await probe.history(run);
    expectWithin(events[0], { eagerExecutionAccepted: true });
    expectWithin(events.at(-1), { type: 'WorkflowExecutionCompleted', result: ['at once'] });
  }),
];
