import { scenario } from '../../runner/scenario.mjs';
import { payload, payloads } from '../../temporal/plain.mjs';
import { expectEvents, expectWithin, present } from '../../temporal/expect.mjs';
import {
  cancelExternal,
  completeWorkflow,
  failWorkflow,
  modifyMemo,
  recordMarker,
  scheduleActivity,
  signalExternal,
  startChild,
  startTimer,
} from '../../temporal/commands.mjs';

const needs = ['limits'];
const invalid = { code: 'INVALID_ARGUMENT' };
/** A payload may have two mebibytes, a message four. */
const big = 'x'.repeat(2_200_000);

async function startedActivity(probe, attributes) {
  const run = await probe.start();
  await probe.advance([scheduleActivity('a', probe.queue, attributes)]);
  return { run, activity: await probe.activityTask() };
}

/** Big histories are asserted here and not remembered: two services would agree on megabytes. */
async function activityEvents(probe, { workflowId, runId }) {
  const { history } = await probe.call('GetWorkflowExecutionHistory', { execution: { workflowId, runId } });
  return history.events.slice(5, 7);
}

export const scenarios = [
  scenario('a client payload beyond two mebibytes is refused', { needs }, async (probe) => {
    await probe.refused('StartWorkflowExecution', probe.startRequest({ input: big }), invalid);
    await probe.refused('StartWorkflowExecution', { ...probe.startRequest(), memo: { fields: { big: payload(big) } } }, invalid);
    const run = await probe.start();
    const execution = { workflowId: run.workflowId, runId: run.runId };
    await probe.refused('SignalWorkflowExecution', { workflowExecution: execution, signalName: 'go', input: payloads(big) }, invalid);
    await probe.refused('QueryWorkflow', { execution, query: { queryType: 'status', queryArgs: payloads(big) } }, invalid);
    await probe.advance([completeWorkflow()]);
    await probe.expectHistory(run, [
      'WorkflowExecutionStarted',
      'WorkflowTaskScheduled',
      'WorkflowTaskStarted',
      'WorkflowTaskCompleted',
      'WorkflowExecutionCompleted',
    ]);
  }),

  scenario('a workflow that sends too much is terminated with the reason', { needs }, async (probe) => {
    for (const [command, cause] of [
      [recordMarker('m', big), 'BAD_RECORD_MARKER_ATTRIBUTES'],
      [failWorkflow(big), 'BAD_FAIL_WORKFLOW_EXECUTION_ATTRIBUTES'],
      [modifyMemo({ big: payload(big) }), 'BAD_MODIFY_WORKFLOW_PROPERTIES_ATTRIBUTES'],
      [scheduleActivity('a', probe.queue, { input: payloads(big) }), 'BAD_SCHEDULE_ACTIVITY_ATTRIBUTES'],
    ]) {
      const run = await probe.start();
      const { taskToken } = await probe.workflowTask();
      await probe.refused('RespondWorkflowTaskCompleted', { taskToken, commands: [command] }, invalid);
      await probe.expectHistory(
        run,
        [
          'WorkflowExecutionStarted',
          'WorkflowTaskScheduled',
          'WorkflowTaskStarted',
          ['WorkflowTaskFailed', { cause: `WORKFLOW_TASK_FAILED_CAUSE_${cause}` }],
          ['WorkflowExecutionTerminated', { reason: present }],
        ],
        cause,
      );
    }
  }),

  scenario('an activity whose result is too big has failed for good', { needs }, async (probe) => {
    const { run, activity } = await startedActivity(probe);
    await probe.completeActivity(activity, big);
    expectEvents(await activityEvents(probe, run), [
      'ActivityTaskStarted',
      [
        'ActivityTaskFailed',
        { failure: { message: present, serverFailureInfo: { nonRetryable: true } }, retryState: 'RETRY_STATE_NON_RETRYABLE_FAILURE' },
      ],
    ]);
  }),

  scenario('an activity whose heartbeat is too big has failed for good', { needs }, async (probe) => {
    const { run, activity } = await startedActivity(probe);
    expectWithin(await probe.heartbeat(activity, big), { cancelRequested: true });
    expectEvents(await activityEvents(probe, run), [
      'ActivityTaskStarted',
      ['ActivityTaskFailed', { failure: { message: present }, retryState: 'RETRY_STATE_NON_RETRYABLE_FAILURE' }],
    ]);
  }),

  scenario('an activity failure that is too big is cut short', { needs }, async (probe) => {
    const { run, activity } = await startedActivity(probe, { retryPolicy: { maximumAttempts: 1 } });
    await probe.failActivity(activity, big);
    expectEvents(await activityEvents(probe, run), [
      'ActivityTaskStarted',
      ['ActivityTaskFailed', { failure: { message: present, cause: { message: (text) => text.length < 1_000_000 } } }],
    ]);
  }),

  scenario('a query answer that is too big fails the query', { needs: [...needs, 'queries'] }, async (probe) => {
    const { workflowId } = await probe.start();
    await probe.advance([startTimer('long', 60)]);
    const asked = probe.refused('QueryWorkflow', { execution: { workflowId }, query: { queryType: 'status' } }, { ...invalid, details: [{ type: 'QueryFailedFailure' }] });
    const { taskToken } = await probe.workflowTask();
    await probe.call('RespondQueryTaskCompleted', { taskToken, completedType: 'QUERY_RESULT_TYPE_ANSWERED', queryResult: payloads(big) });
    await asked;
  }),

  scenario('a search attribute beyond its limit is refused', { needs: [...needs, 'search attributes'] }, async (probe) => {
    const indexedFields = { ConformanceKeyword: payload('x'.repeat(3000), { type: 'Keyword' }) };
    await probe.refused('StartWorkflowExecution', { ...probe.startRequest(), searchAttributes: { indexedFields } }, invalid);
  }),

  scenario('no more than two thousand activities are pending', { needs }, (probe) =>
    refusesOneMore(probe, 'PENDING_ACTIVITIES', (index) => scheduleActivity(`a-${index}`, `${probe.queue}-none`)),
  ),

  scenario('no more than two thousand children are pending', { needs }, (probe) =>
    refusesOneMore(probe, 'PENDING_CHILD_WORKFLOWS', (index) => startChild(probe.id(`child-${index}`), `${probe.queue}-none`)),
  ),

  scenario('no more than two thousand signals to others are pending', { needs }, (probe) =>
    refusesOneMore(probe, 'PENDING_SIGNALS', () => signalExternal({ workflowId: probe.id('other') }, 'go')),
  ),

  scenario('no more than two thousand cancel requests to others are pending', { needs }, (probe) =>
    refusesOneMore(probe, 'PENDING_REQUEST_CANCEL', () => cancelExternal(probe.id('other'))),
  ),
];

async function refusesOneMore(probe, limit, command) {
  const run = await probe.start();
  const { taskToken } = await probe.workflowTask();
  const commands = Array.from({ length: 2001 }, (_, index) => command(index));
  await probe.refused('RespondWorkflowTaskCompleted', { taskToken, commands }, invalid, { seconds: 30 });
  const events = await probe.history(run);
  expectEvents(events.slice(3, 4), [['WorkflowTaskFailed', { cause: `WORKFLOW_TASK_FAILED_CAUSE_${limit}_LIMIT_EXCEEDED` }]]);
}
