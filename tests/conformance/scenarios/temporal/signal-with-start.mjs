import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { scenario } from '../../runner/scenario.mjs';
import { payloads } from '../../temporal/plain.mjs';
import { completeWorkflow } from '../../temporal/commands.mjs';

const signalWithStart = (probe, workflowId, request = {}) =>
  probe.call('SignalWithStartWorkflowExecution', {
    ...probe.startRequest({ workflowId }),
    signalName: 'go',
    signalInput: payloads(1),
    ...request,
  });

export const scenarios = [
  scenario('signal-with-start writes the signal before the first workflow task', {}, async (probe) => {
    const workflowId = probe.id();
    const { runId, started } = await signalWithStart(probe, workflowId);
    assert.equal(started, true);
    await probe.advance([completeWorkflow()]);
    await probe.expectHistory({ workflowId, runId }, [
      'WorkflowExecutionStarted',
      ['WorkflowExecutionSignaled', { signalName: 'go', input: [1] }],
      'WorkflowTaskScheduled',
      'WorkflowTaskStarted',
      'WorkflowTaskCompleted',
      'WorkflowExecutionCompleted',
    ]);
  }),

  scenario('signal-with-start of a running id only signals it', {}, async (probe) => {
    const run = await probe.start();
    const { runId, started } = await signalWithStart(probe, run.workflowId);
    assert.equal(runId, run.runId);
    assert.ok(!started);
    await probe.expectHistory(run, ['WorkflowExecutionStarted', 'WorkflowTaskScheduled', 'WorkflowExecutionSignaled']);
  }),

  scenario('signal-with-start repeated with its request id signals once', {}, async (probe) => {
    const workflowId = probe.id();
    const requestId = randomUUID();
    const first = await signalWithStart(probe, workflowId, { requestId });
    const second = await signalWithStart(probe, workflowId, { requestId });
    assert.equal(second.runId, first.runId);
    await probe.expectHistory({ workflowId, runId: first.runId }, [
      'WorkflowExecutionStarted',
      'WorkflowExecutionSignaled',
      'WorkflowTaskScheduled',
    ]);
  }),

  scenario('signal-with-start of a closed id obeys the reuse policy', {}, async (probe) => {
    const run = await probe.start();
    await probe.advance([completeWorkflow()]);
    await probe.refused(
      'SignalWithStartWorkflowExecution',
      {
        ...probe.startRequest({ workflowId: run.workflowId }),
        signalName: 'go',
        workflowIdReusePolicy: 'WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE',
      },
      { code: 'ALREADY_EXISTS', details: [{ type: 'WorkflowExecutionAlreadyStartedFailure', runId: run.runId }] },
    );
    const { runId } = await signalWithStart(probe, run.workflowId);
    assert.notEqual(runId, run.runId);
  }),

  scenario('a signal is written once for a request id and refused once the run is closed', {}, async (probe) => {
    const run = await probe.start();
    const requestId = randomUUID();
    await probe.signal(run, 'go', 1, { requestId });
    await probe.signal(run, 'go', 1, { requestId });
    await probe.signal(run, 'go', 2, { header: { fields: {} } });
    await probe.advance([completeWorkflow()]);
    await probe.refused(
      'SignalWorkflowExecution',
      { workflowExecution: { workflowId: run.workflowId, runId: run.runId }, signalName: 'late' },
      { code: 'NOT_FOUND' },
    );
    await probe.expectHistory(run, [
      'WorkflowExecutionStarted',
      'WorkflowTaskScheduled',
      ['WorkflowExecutionSignaled', { input: [1] }],
      ['WorkflowExecutionSignaled', { input: [2] }],
      'WorkflowTaskStarted',
      'WorkflowTaskCompleted',
      'WorkflowExecutionCompleted',
    ]);
  }),
];
