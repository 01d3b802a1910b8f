import { scenario } from '../../runner/scenario.mjs';
import { payloads } from '../../temporal/plain.mjs';
import { closing, expectEvents } from '../../temporal/expect.mjs';
import { cancelExternal, completeWorkflow, signalExternal } from '../../temporal/commands.mjs';

const needs = ['external'];
const opening = ['WorkflowExecutionStarted', 'WorkflowTaskScheduled', 'WorkflowTaskStarted', 'WorkflowTaskCompleted'];

/** A run of its own queue, so that nobody takes its tasks by accident. */
const other = (probe) => probe.start({ workflowId: probe.id('other'), queue: `${probe.queue}-other` });

export const scenarios = [
  scenario('a workflow signals another', { needs }, async (probe) => {
    const target = await other(probe);
    const run = await probe.start();
    await probe.advance([signalExternal({ workflowId: target.workflowId }, 'go', { input: payloads('hi'), control: 'c-1' })]);
    await probe.advance([completeWorkflow()]);
    await probe.expectHistory(run, [
      ...opening,
      ['SignalExternalWorkflowExecutionInitiated', { workflowExecution: { workflowId: target.workflowId }, signalName: 'go', input: ['hi'], control: 'c-1' }],
      ['ExternalWorkflowExecutionSignaled', { initiatedEventId: 5, workflowExecution: { workflowId: target.workflowId }, control: 'c-1' }],
      ...closing,
    ], 'sender');
    await probe.expectHistory(target, [
      'WorkflowExecutionStarted',
      'WorkflowTaskScheduled',
      ['WorkflowExecutionSignaled', { signalName: 'go', input: ['hi'], externalWorkflowExecution: { workflowId: run.workflowId, runId: run.runId } }],
    ], 'receiver');
  }),

  scenario('a signal to a workflow that is not there fails', { needs }, async (probe) => {
    const run = await probe.start();
    await probe.advance([signalExternal({ workflowId: probe.id('nobody') }, 'go')]);
    await probe.advance([completeWorkflow()]);
    await probe.expectHistory(run, [
      ...opening,
      'SignalExternalWorkflowExecutionInitiated',
      [
        'SignalExternalWorkflowExecutionFailed',
        { cause: 'SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED_CAUSE_EXTERNAL_WORKFLOW_EXECUTION_NOT_FOUND', initiatedEventId: 5 },
      ],
      ...closing,
    ]);
  }),

  scenario('a workflow asks another to cancel', { needs }, async (probe) => {
    const target = await other(probe);
    const run = await probe.start();
    await probe.advance([cancelExternal(target.workflowId, { reason: 'not needed' })]);
    await probe.advance([completeWorkflow()]);
    await probe.expectHistory(run, [
      ...opening,
      ['RequestCancelExternalWorkflowExecutionInitiated', { workflowExecution: { workflowId: target.workflowId }, reason: 'not needed' }],
      ['ExternalWorkflowExecutionCancelRequested', { initiatedEventId: 5, workflowExecution: { workflowId: target.workflowId } }],
      ...closing,
    ], 'sender');
    await probe.expectHistory(target, [
      'WorkflowExecutionStarted',
      'WorkflowTaskScheduled',
      ['WorkflowExecutionCancelRequested', { externalInitiatedEventId: 5, externalWorkflowExecution: { workflowId: run.workflowId }, cause: 'not needed' }],
    ], 'receiver');
  }),

  scenario('a cancel request to a workflow that is not there fails', { needs }, async (probe) => {
    const run = await probe.start();
    await probe.advance([cancelExternal(probe.id('nobody'))]);
    await probe.advance([completeWorkflow()]);
    await probe.expectHistory(run, [
      ...opening,
      'RequestCancelExternalWorkflowExecutionInitiated',
      [
        'RequestCancelExternalWorkflowExecutionFailed',
        { cause: 'CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED_CAUSE_EXTERNAL_WORKFLOW_EXECUTION_NOT_FOUND', initiatedEventId: 5 },
      ],
      ...closing,
    ]);
  }),

  scenario('a signal meant for a child does not reach a stranger', { needs }, async (probe) => {
    const target = await other(probe);
    const run = await probe.start();
    await probe.advance([signalExternal({ workflowId: target.workflowId }, 'go', { childWorkflowOnly: true })]);
    await probe.advance([completeWorkflow()]);
    const events = await probe.history(run, 'sender');
    expectEvents(events.slice(4, 6), ['SignalExternalWorkflowExecutionInitiated', 'SignalExternalWorkflowExecutionFailed']);
    await probe.expectHistory(target, ['WorkflowExecutionStarted', 'WorkflowTaskScheduled'], 'receiver');
  }),

  scenario('a workflow can neither signal nor cancel itself', { needs }, async (probe) => {
    const run = await probe.start();
    await probe.advance([signalExternal({ workflowId: run.workflowId }, 'to myself')]);
    await probe.advance([cancelExternal(run.workflowId)]);
    await probe.advance([completeWorkflow()]);
    const events = await probe.history(run);
    expectEvents(events.filter(({ type }) => !type.startsWith('WorkflowTask')), [
      'WorkflowExecutionStarted',
      'SignalExternalWorkflowExecutionInitiated',
      ['SignalExternalWorkflowExecutionFailed', { initiatedEventId: 5 }],
      'RequestCancelExternalWorkflowExecutionInitiated',
      ['RequestCancelExternalWorkflowExecutionFailed', { initiatedEventId: 10 }],
      'WorkflowExecutionCompleted',
    ]);
  }),
];
