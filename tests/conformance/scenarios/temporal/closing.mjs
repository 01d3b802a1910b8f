import { randomUUID } from 'node:crypto';
import { scenario } from '../../runner/scenario.mjs';
import { payloads } from '../../temporal/plain.mjs';
import { expectWithin } from '../../temporal/expect.mjs';
import { cancelWorkflow, completeWorkflow, failWorkflow, recordMarker, scheduleActivity, startTimer } from '../../temporal/commands.mjs';

const opening = ['WorkflowExecutionStarted', 'WorkflowTaskScheduled', 'WorkflowTaskStarted', 'WorkflowTaskCompleted'];

export const scenarios = [
  scenario('a workflow fails with its failure', {}, async (probe) => {
    const run = await probe.start();
    await probe.advance([failWorkflow('it broke', { type: 'Broken', details: payloads({ code: 7 }) })]);
    await probe.expectHistory(run, [
      ...opening,
      [
        'WorkflowExecutionFailed',
        {
          failure: { message: 'it broke', applicationFailureInfo: { type: 'Broken', details: [{ code: 7 }] } },
          retryState: 'RETRY_STATE_RETRY_POLICY_NOT_SET',
        },
      ],
    ]);
    const { workflowExecutionInfo } = await probe.describe(run);
    expectWithin(workflowExecutionInfo, { status: 'WORKFLOW_EXECUTION_STATUS_FAILED', closeTime: /^20/ });
  }),

  scenario('a run that takes too long times out without any worker', {}, async (probe) => {
    const run = await probe.start({ workflowRunTimeout: '4s' });
    await probe.advance([startTimer('long', 60), scheduleActivity('a', probe.queue)]);
    await closed(probe, run, 'TIMED_OUT');
    const ids = { workflowId: run.workflowId, runId: run.runId, activityId: 'a' };
    await probe.refused('RespondActivityTaskCompletedById', ids, { code: 'NOT_FOUND' });
    await probe.expectHistory(run, [
      ...opening,
      'TimerStarted',
      'ActivityTaskScheduled',
      ['WorkflowExecutionTimedOut', { retryState: /RETRY_POLICY_NOT_SET|TIMEOUT/ }],
    ]);
  }),

  scenario('an execution that takes too long times out even when no task was ever taken', {}, async (probe) => {
    const run = await probe.start({ workflowExecutionTimeout: '1s' });
    await closed(probe, run, 'TIMED_OUT');
    await probe.expectHistory(run, ['WorkflowExecutionStarted', 'WorkflowTaskScheduled', 'WorkflowExecutionTimedOut']);
  }),

  scenario('a cancel request is given to the workflow, which may honour it', {}, async (probe) => {
    const run = await probe.start();
    await probe.cancel(run, { reason: 'window closed' });
    await probe.advance([cancelWorkflow()]);
    await probe.expectHistory(run, [
      'WorkflowExecutionStarted',
      'WorkflowTaskScheduled',
      ['WorkflowExecutionCancelRequested', { cause: 'window closed', identity: 'conformance' }],
      'WorkflowTaskStarted',
      'WorkflowTaskCompleted',
      'WorkflowExecutionCanceled',
    ]);
    await closed(probe, run, 'CANCELED');
  }),

  scenario('a second cancel request changes nothing', {}, async (probe) => {
    const run = await probe.start();
    const requestId = randomUUID();
    await probe.cancel(run, { requestId });
    await probe.cancel(run, { requestId });
    await probe.cancel(run);
    await probe.advance([completeWorkflow('finished anyway')]);
    // What was to be cancelled has ended: that is as good.
    await probe.cancel(run);
    await probe.expectHistory(run, [
      'WorkflowExecutionStarted',
      'WorkflowTaskScheduled',
      'WorkflowExecutionCancelRequested',
      'WorkflowTaskStarted',
      'WorkflowTaskCompleted',
      'WorkflowExecutionCompleted',
    ]);
  }),

  scenario('a termination closes the run at once', {}, async (probe) => {
    const run = await probe.start();
    await probe.advance([startTimer('long', 60)]);
    await probe.terminate(run, { reason: 'enough', details: payloads('because') });
    await probe.refused('TerminateWorkflowExecution', { workflowExecution: { workflowId: run.workflowId, runId: run.runId } }, { code: 'NOT_FOUND' });
    await probe.expectHistory(run, [
      ...opening,
      'TimerStarted',
      ['WorkflowExecutionTerminated', { reason: 'enough', details: ['because'], identity: 'conformance' }],
    ]);
    await closed(probe, run, 'TERMINATED');
  }),

  scenario('a termination during a task fails the task first', {}, async (probe) => {
    const run = await probe.start();
    const task = await probe.workflowTask();
    await probe.signal(run, 'go');
    await probe.terminate(run);
    await probe.refused('RespondWorkflowTaskCompleted', { taskToken: task.taskToken, commands: [completeWorkflow()] }, { code: 'NOT_FOUND' });
    await probe.expectHistory(run, [
      'WorkflowExecutionStarted',
      'WorkflowTaskScheduled',
      'WorkflowTaskStarted',
      ['WorkflowTaskFailed', { cause: 'WORKFLOW_TASK_FAILED_CAUSE_FORCE_CLOSE_COMMAND' }],
      'WorkflowExecutionSignaled',
      'WorkflowExecutionTerminated',
    ]);
  }),

  scenario('a termination names the chain that it means', {}, async (probe) => {
    const run = await probe.start();
    const { workflowId } = run;
    await probe.refused('TerminateWorkflowExecution', { workflowExecution: { workflowId }, firstExecutionRunId: randomUUID() }, { code: 'NOT_FOUND' });
    await probe.call('TerminateWorkflowExecution', { workflowExecution: { workflowId }, firstExecutionRunId: run.runId });
    await closed(probe, run, 'TERMINATED');
    await probe.expectHistory(run, ['WorkflowExecutionStarted', 'WorkflowTaskScheduled', 'WorkflowExecutionTerminated']);
  }),

  scenario('nothing may follow the command that closes the workflow', {}, async (probe) => {
    const run = await probe.start();
    const task = await probe.workflowTask();
    const commands = [completeWorkflow('done'), recordMarker('too late', 1)];
    await probe.refused('RespondWorkflowTaskCompleted', { taskToken: task.taskToken, commands }, { code: 'INVALID_ARGUMENT' });
    // The task is still the worker's.
    await probe.reply(task, [recordMarker('in time', 1), completeWorkflow('done')]);
    await probe.expectHistory(run, [...opening, 'MarkerRecorded', 'WorkflowExecutionCompleted']);
  }),
];

async function closed(probe, run, status) {
  await probe.until(`the run is ${status}`, async () => {
    const { workflowExecutionInfo: seen } = await probe.describe(run);
    return { holds: seen.status === `WORKFLOW_EXECUTION_STATUS_${status}`, seen };
  });
}
