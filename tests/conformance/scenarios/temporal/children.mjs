import assert from 'node:assert/strict';
import { scenario } from '../../runner/scenario.mjs';
import { payloads } from '../../temporal/plain.mjs';
import { closing, expectEvents, expectWithin, present } from '../../temporal/expect.mjs';
import { cancelExternal, cancelWorkflow, completeWorkflow, continueAsNew, failWorkflow, signalExternal, startChild } from '../../temporal/commands.mjs';

const needs = ['children'];
const childQueue = (probe) => ({ queue: `${probe.queue}-child` });

/** The parent has started its child, has read that it started, and waits. */
async function family(probe, attributes) {
  const run = await probe.start();
  const childId = probe.id('child');
  await probe.advance([startChild(childId, childQueue(probe).queue, attributes)]);
  const task = await probe.advance([]);
  const started = task.history.events.find(({ type }) => type === 'ChildWorkflowExecutionStarted');
  return { run, child: { workflowId: childId, runId: started.workflowExecution.runId } };
}

const begun = [
  'StartChildWorkflowExecutionInitiated',
  'ChildWorkflowExecutionStarted',
  'WorkflowTaskScheduled',
  'WorkflowTaskStarted',
  'WorkflowTaskCompleted',
];

async function status(probe, run, expected) {
  await probe.until(`the run is ${expected}`, async () => {
    const { workflowExecutionInfo: seen } = await probe.describe(run);
    return { holds: seen.status === `WORKFLOW_EXECUTION_STATUS_${expected}`, seen };
  });
}

/** The parent completes while its child runs. */
async function leave(probe, run) {
  await probe.signal(run, 'wake');
  await probe.advance([completeWorkflow()]);
  await status(probe, run, 'COMPLETED');
  await probe.history(run, 'parent');
}

export const scenarios = [
  scenario('a parent starts a child and gets its result', { needs }, async (probe) => {
    const { run, child } = await family(probe, { input: payloads('for you') });
    const { pendingChildren } = await probe.describe(run);
    expectWithin(pendingChildren, [{ workflowId: child.workflowId, runId: child.runId, workflowTypeName: 'child', initiatedId: 5 }]);
    await probe.advance([completeWorkflow('child result')], childQueue(probe));
    await probe.advance([completeWorkflow()]);
    const events = await probe.history(run, 'parent');
    expectEvents(events.slice(4), [
      [
        'StartChildWorkflowExecutionInitiated',
        { workflowId: child.workflowId, workflowType: { name: 'child' }, input: ['for you'], parentClosePolicy: 'PARENT_CLOSE_POLICY_TERMINATE' },
      ],
      ['ChildWorkflowExecutionStarted', { initiatedEventId: 5, workflowExecution: child }],
      ...begun.slice(2),
      ['ChildWorkflowExecutionCompleted', { initiatedEventId: 5, startedEventId: 6, result: ['child result'], workflowExecution: child }],
      ...closing,
    ]);
    const [started] = await probe.history(child, 'child');
    expectWithin(started, {
      input: ['for you'],
      parentWorkflowExecution: { workflowId: run.workflowId, runId: run.runId },
      parentInitiatedEventId: 5,
      rootWorkflowExecution: { workflowId: run.workflowId, runId: run.runId },
    });
  }),

  scenario('a child that fails tells its parent why', { needs }, async (probe) => {
    const { run } = await family(probe);
    await probe.advance([failWorkflow('child broke')], childQueue(probe));
    await probe.advance([completeWorkflow()]);
    const events = await probe.history(run);
    expectEvents(events.slice(4), [
      ...begun,
      ['ChildWorkflowExecutionFailed', { failure: { message: 'child broke' }, retryState: 'RETRY_STATE_RETRY_POLICY_NOT_SET', initiatedEventId: 5, startedEventId: 6 }],
      ...closing,
    ]);
  }),

  scenario('a child that is terminated or times out tells its parent so', { needs }, async (probe) => {
    const { run, child } = await family(probe);
    await probe.terminate(child, { reason: 'enough' });
    await probe.advance([startChild(probe.id('second'), childQueue(probe).queue, { workflowRunTimeout: '1s' })]);
    await probe.advance([]);
    await probe.advance([completeWorkflow()]);
    const events = await probe.history(run);
    expectEvents(events.filter(({ type }) => type.startsWith('ChildWorkflow') || type.startsWith('StartChild')), [
      'StartChildWorkflowExecutionInitiated',
      'ChildWorkflowExecutionStarted',
      ['ChildWorkflowExecutionTerminated', { initiatedEventId: 5, startedEventId: 6 }],
      'StartChildWorkflowExecutionInitiated',
      'ChildWorkflowExecutionStarted',
      ['ChildWorkflowExecutionTimedOut', { retryState: /TIMEOUT|RETRY_POLICY_NOT_SET/ }],
    ]);
  }),

  scenario('a child whose id is taken is not started', { needs }, async (probe) => {
    const taken = await probe.start({ workflowId: probe.id('taken'), queue: `${probe.queue}-other` });
    const run = await probe.start();
    await probe.advance([startChild(taken.workflowId, childQueue(probe).queue)]);
    await probe.advance([completeWorkflow()]);
    const events = await probe.history(run);
    expectEvents(events.slice(4), [
      ['StartChildWorkflowExecutionInitiated', { workflowId: taken.workflowId }],
      [
        'StartChildWorkflowExecutionFailed',
        { cause: 'START_CHILD_WORKFLOW_EXECUTION_FAILED_CAUSE_WORKFLOW_ALREADY_EXISTS', initiatedEventId: 5, workflowId: taken.workflowId },
      ],
      ...closing,
    ]);
  }),

  scenario('a parent cancels its child and reads how it ended', { needs }, async (probe) => {
    const { run, child } = await family(probe);
    // The child's task has started, so the request is buffered until the child answers.
    const task = await probe.workflowTask({ queue: childQueue(probe).queue });
    await probe.signal(run, 'wake');
    await probe.advance([cancelExternal(child.workflowId, { childWorkflowOnly: true })]);
    await probe.advance([]);
    await probe.reply(task, []);
    await probe.advance([cancelWorkflow()], childQueue(probe));
    await probe.advance([completeWorkflow()]);
    const events = (await probe.history(run, 'parent')).filter(({ type }) => !type.startsWith('WorkflowTask'));
    expectEvents(events.slice(4), [
      ['RequestCancelExternalWorkflowExecutionInitiated', { childWorkflowOnly: true, workflowExecution: { workflowId: child.workflowId } }],
      'ExternalWorkflowExecutionCancelRequested',
      ['ChildWorkflowExecutionCanceled', { initiatedEventId: 5, startedEventId: 6 }],
      'WorkflowExecutionCompleted',
    ]);
  }),

  scenario('a parent signals its child', { needs }, async (probe) => {
    const { run, child } = await family(probe);
    await probe.signal(run, 'wake');
    await probe.advance([signalExternal({ workflowId: child.workflowId }, 'go', { input: payloads(1), childWorkflowOnly: true })]);
    await probe.advance([completeWorkflow()]);
    const events = (await probe.history(run, 'parent')).filter(({ type }) => type.includes('External'));
    expectEvents(events, [
      ['SignalExternalWorkflowExecutionInitiated', { signalName: 'go', input: [1], childWorkflowOnly: true }],
      ['ExternalWorkflowExecutionSignaled', { workflowExecution: { workflowId: child.workflowId } }],
    ]);
  }),

  scenario('a child is terminated with its parent unless told otherwise', { needs }, async (probe) => {
    const { run, child } = await family(probe);
    await leave(probe, run);
    await status(probe, child, 'TERMINATED');
    const events = await probe.history(child, 'child');
    expectWithin(events.at(-1), { type: 'WorkflowExecutionTerminated', reason: present });
  }),

  scenario('an abandoned child goes on when its parent has closed', { needs }, async (probe) => {
    const { run, child } = await family(probe, { parentClosePolicy: 'PARENT_CLOSE_POLICY_ABANDON' });
    await leave(probe, run);
    await probe.advance([completeWorkflow('on its own')], childQueue(probe));
    await status(probe, child, 'COMPLETED');
    await probe.history(child, 'child');
  }),

  scenario('a child is asked to cancel when its parent has closed, if that is the policy', { needs }, async (probe) => {
    const { run, child } = await family(probe, { parentClosePolicy: 'PARENT_CLOSE_POLICY_REQUEST_CANCEL' });
    await leave(probe, run);
    await probe.until('the child is asked', async () => {
      const seen = await probe.events(child);
      return { holds: seen.some(({ type }) => type === 'WorkflowExecutionCancelRequested'), seen };
    });
    await probe.advance([cancelWorkflow()], childQueue(probe));
    await status(probe, child, 'CANCELED');
  }),

  scenario('a child that continues as new is still one child to its parent', { needs: [...needs, 'continue-as-new'] }, async (probe) => {
    const { run, child } = await family(probe);
    await probe.advance([continueAsNew({ workflowType: { name: 'child' }, taskQueue: { name: childQueue(probe).queue } })], childQueue(probe));
    await probe.advance([completeWorkflow('second run')], childQueue(probe));
    await probe.advance([completeWorkflow()]);
    const events = await probe.history(run, 'parent');
    const [completed] = events.filter(({ type }) => type === 'ChildWorkflowExecutionCompleted');
    expectWithin(completed, { result: ['second run'], startedEventId: 6 });
    assert.notEqual(completed.workflowExecution.runId, child.runId);
  }),
];
