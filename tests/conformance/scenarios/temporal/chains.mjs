import assert from 'node:assert/strict';
import { scenario } from '../../runner/scenario.mjs';
import { payload, payloads } from '../../temporal/plain.mjs';
import { absent, expectEvents, expectWithin } from '../../temporal/expect.mjs';
import { completeWorkflow, continueAsNew, failWorkflow, startTimer } from '../../temporal/commands.mjs';

const opening = ['WorkflowExecutionStarted', 'WorkflowTaskScheduled', 'WorkflowTaskStarted', 'WorkflowTaskCompleted'];
const next = ({ workflowId }, closing) => ({ workflowId, runId: closing.newExecutionRunId });

export const scenarios = [
  scenario('continue-as-new hands over to a new run of the same id', { needs: ['continue-as-new'] }, async (probe) => {
    const run = await probe.start({
      input: 1,
      workflowRunTimeout: '300s',
      memo: { fields: { plan: payload('blueprint') } },
      searchAttributes: { indexedFields: { ConformanceKeyword: payload('gold', { type: 'Keyword' }) } },
    });
    await probe.advance([
      continueAsNew({ workflowType: { name: 'byHand' }, taskQueue: { name: probe.queue }, input: payloads(2), workflowRunTimeout: '200s' }),
    ]);
    const events = await probe.expectHistory(run, [
      ...opening,
      ['WorkflowExecutionContinuedAsNew', { input: [2], workflowType: { name: 'byHand' }, workflowRunTimeout: '200s' }],
    ], 'first');

    const second = next(run, events[4]);
    await probe.advance([completeWorkflow('end')]);
    await probe.expectHistory(second, [
      [
        'WorkflowExecutionStarted',
        {
          input: [2],
          continuedExecutionRunId: run.runId,
          firstExecutionRunId: run.runId,
          originalExecutionRunId: second.runId,
          initiator: 'CONTINUE_AS_NEW_INITIATOR_WORKFLOW',
          workflowRunTimeout: '200s',
          attempt: 1,
        },
      ],
      'WorkflowTaskScheduled',
      'WorkflowTaskStarted',
      'WorkflowTaskCompleted',
      'WorkflowExecutionCompleted',
    ], 'second');
    const current = await probe.describe({ workflowId: run.workflowId });
    assert.equal(current.workflowExecutionInfo.execution.runId, second.runId);
    assert.equal((await probe.describe(run)).workflowExecutionInfo.status, 'WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW');
  }),

  scenario('a signal that arrives while continuing as new is not lost', { needs: ['continue-as-new'] }, async (probe) => {
    const run = await probe.start();
    const task = await probe.workflowTask();
    await probe.signal(run, 'go', 1);
    const commands = [continueAsNew({ workflowType: { name: 'byHand' }, taskQueue: { name: probe.queue } })];
    await probe.refused('RespondWorkflowTaskCompleted', { taskToken: task.taskToken, commands }, { code: 'INVALID_ARGUMENT', reason: /UnhandledCommand/ });
    const again = await probe.workflowTask();
    assert.ok(again.history.events.some(({ type }) => type === 'WorkflowExecutionSignaled'));
    await probe.reply(again, commands);
    const events = await probe.history(run);
    expectEvents(events.slice(3), [
      ['WorkflowTaskFailed', { cause: 'WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND' }],
      'WorkflowExecutionSignaled',
      'WorkflowTaskScheduled',
      'WorkflowTaskStarted',
      'WorkflowTaskCompleted',
      'WorkflowExecutionContinuedAsNew',
    ]);
    await probe.advance([completeWorkflow()]);
  }),

  scenario('continue-as-new may wait before its first task', { needs: ['continue-as-new'] }, async (probe) => {
    const run = await probe.start();
    await probe.advance([
      continueAsNew({ workflowType: { name: 'byHand' }, taskQueue: { name: probe.queue }, backoffStartInterval: '1s' }),
    ]);
    const [last] = (await probe.history(run, 'first')).slice(-1);
    await probe.advance([completeWorkflow()]);
    const events = await probe.expectHistory(next(run, last), [
      ['WorkflowExecutionStarted', { firstWorkflowTaskBackoff: (text) => parseFloat(text) > 0.5 && parseFloat(text) <= 1.5 }],
      'WorkflowTaskScheduled',
      'WorkflowTaskStarted',
      'WorkflowTaskCompleted',
      'WorkflowExecutionCompleted',
    ], 'second');
    assert.ok(Date.parse(events[1].time) - Date.parse(events[0].time) >= 900);
  }),

  scenario('a failed workflow with a retry policy runs again', { needs: ['workflow retry'] }, async (probe) => {
    const run = await probe.start({ retryPolicy: { initialInterval: '1s', backoffCoefficient: 1, maximumAttempts: 2 }, input: 'kept' });
    await probe.advance([failWorkflow('first')]);
    const [closing] = (await probe.history(run, 'first')).slice(-1);
    expectWithin(closing, { type: 'WorkflowExecutionFailed', failure: { message: 'first' }, retryState: 'RETRY_STATE_IN_PROGRESS' });

    const second = next(run, closing);
    await probe.advance([failWorkflow('second')]);
    await probe.expectHistory(second, [
      [
        'WorkflowExecutionStarted',
        {
          attempt: 2,
          input: ['kept'],
          initiator: 'CONTINUE_AS_NEW_INITIATOR_RETRY',
          continuedExecutionRunId: run.runId,
          firstExecutionRunId: run.runId,
          continuedFailure: { message: 'first' },
          firstWorkflowTaskBackoff: '1s',
        },
      ],
      'WorkflowTaskScheduled',
      'WorkflowTaskStarted',
      'WorkflowTaskCompleted',
      ['WorkflowExecutionFailed', { failure: { message: 'second' }, retryState: 'RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED', newExecutionRunId: absent }],
    ], 'second');
  }),

  scenario('a workflow whose failure forbids it does not run again', { needs: ['workflow retry'] }, async (probe) => {
    const run = await probe.start({ retryPolicy: { initialInterval: '1s', nonRetryableErrorTypes: ['Refused'] } });
    await probe.advance([failWorkflow('no', { type: 'Refused' })]);
    const events = await probe.history(run);
    expectWithin(events[4], { type: 'WorkflowExecutionFailed', retryState: 'RETRY_STATE_NON_RETRYABLE_FAILURE', newExecutionRunId: absent });
  }),

  scenario('a run that times out is retried by its policy', { needs: ['workflow retry'] }, async (probe) => {
    const run = await probe.start({ workflowRunTimeout: '1s', retryPolicy: { initialInterval: '1s', maximumAttempts: 2 } });
    const closing = await lastEvent(probe, run);
    // The service itself continues the chain; no retry state is told.
    expectWithin(closing, { type: 'WorkflowExecutionContinuedAsNew', failure: { timeoutFailureInfo: { timeoutType: 'TIMEOUT_TYPE_START_TO_CLOSE' } } });
    const second = next(run, closing);
    const last = await lastEvent(probe, second);
    expectWithin(last, { type: 'WorkflowExecutionTimedOut', retryState: 'RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED' });
    const events = await probe.history(second, 'second');
    expectWithin(events[0], { attempt: 2, initiator: 'CONTINUE_AS_NEW_INITIATOR_RETRY', continuedFailure: { timeoutFailureInfo: { timeoutType: 'TIMEOUT_TYPE_START_TO_CLOSE' } } });
  }),

  scenario('the execution time-out bounds the whole chain', { needs: ['continue-as-new'] }, async (probe) => {
    const run = await probe.start({ workflowExecutionTimeout: '5s' });
    await probe.advance([continueAsNew({ workflowType: { name: 'byHand' }, taskQueue: { name: probe.queue } })]);
    const [closing] = (await probe.history(run, 'first')).slice(-1);
    const second = next(run, closing);
    await probe.advance([startTimer('long', 60)]);
    const last = await lastEvent(probe, second);
    expectWithin(last, { type: 'WorkflowExecutionTimedOut', newExecutionRunId: absent });
    const [first] = await probe.history(run, 'first again');
    assert.ok(Date.parse(last.time) - Date.parse(first.time) < 9000, 'the chain outlived its execution time-out');
  }),

  scenario('a cron workflow runs again after each end and sees the last result', { needs: ['cron'] }, async (probe) => {
    const run = await probe.start({ cronSchedule: '@every 1s', input: 'kept' });
    // The first event alone: a busy machine may be past the wait when it looks.
    const [before] = await probe.events(run);
    expectWithin(before, { type: 'WorkflowExecutionStarted', cronSchedule: '@every 1s', firstWorkflowTaskBackoff: (wait) => parseFloat(wait) <= 1 });
    await probe.advance([completeWorkflow({ rows: 1 })]);
    const [closing] = (await probe.history(run, 'first')).slice(-1);
    expectWithin(closing, { type: 'WorkflowExecutionCompleted', result: [{ rows: 1 }] });

    const second = next(run, closing);
    await probe.advance([failWorkflow('no luck')]);
    const events = await probe.history(second, 'second');
    expectWithin(events[0], {
      initiator: 'CONTINUE_AS_NEW_INITIATOR_CRON_SCHEDULE',
      lastCompletionResult: [{ rows: 1 }],
      continuedFailure: absent,
      input: ['kept'],
      continuedExecutionRunId: run.runId,
      attempt: 1,
    });
    const third = next(run, events.at(-1));
    const [started] = await probe.events(third);
    expectWithin(started, { lastCompletionResult: [{ rows: 1 }], continuedFailure: { message: 'no luck' } });
    await probe.terminate({ workflowId: run.workflowId });
  }),
];

/** The event that closes the run, however long that takes. */
async function lastEvent(probe, { workflowId, runId }) {
  const { history } = await probe.call(
    'GetWorkflowExecutionHistory',
    { execution: { workflowId, runId }, waitNewEvent: true, historyEventFilterType: 'HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT' },
    { seconds: 20 },
  );
  return history.events.at(-1);
}
