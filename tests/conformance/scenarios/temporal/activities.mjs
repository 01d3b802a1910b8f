import assert from 'node:assert/strict';
import { scenario } from '../../runner/scenario.mjs';
import { payload, payloads } from '../../temporal/plain.mjs';
import { absent, closing, expectEvents, expectWithin } from '../../temporal/expect.mjs';
import { cancelActivity, completeWorkflow, recordMarker, scheduleActivity } from '../../temporal/commands.mjs';

/** What follows the four opening events and the scheduled activity. */
const rest = (events) => events.slice(5);

async function startedActivity(probe, attributes, userMetadata) {
  const run = await probe.start();
  await probe.advance([scheduleActivity('a', probe.queue, attributes, userMetadata)]);
  const activity = await probe.activityTask();
  return { run, activity };
}

export const scenarios = [
  scenario('an activity task carries what its worker needs', {}, async (probe) => {
    const { run, activity } = await startedActivity(
      probe,
      {
        input: payloads(1, 'two'),
        header: { fields: { trace: payload('t-1') } },
        scheduleToCloseTimeout: '60s',
        startToCloseTimeout: '30s',
        heartbeatTimeout: '20s',
        priority: { priorityKey: 3 },
      },
      { summary: payload('first act') },
    );
    expectWithin(activity, {
      workflowNamespace: probe.namespace,
      workflowType: { name: 'byHand' },
      workflowExecution: { workflowId: run.workflowId, runId: run.runId },
      activityType: { name: 'act' },
      activityId: 'a',
      input: [1, 'two'],
      header: { fields: { trace: 't-1' } },
      attempt: 1,
      scheduleToCloseTimeout: '60s',
      startToCloseTimeout: '30s',
      heartbeatTimeout: '20s',
      retryPolicy: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '100s' },
      priority: { priorityKey: 3 },
    });
    await probe.completeActivity(activity, 'result');
    await probe.advance([completeWorkflow()]);
    const events = await probe.history(run);
    expectWithin(events[4], {
      type: 'ActivityTaskScheduled',
      activityId: 'a',
      taskQueue: { name: probe.queue },
      input: [1, 'two'],
      // What the command left out is filled in: the queue wait may take as long as the whole activity.
      scheduleToStartTimeout: '60s',
      workflowTaskCompletedEventId: 4,
      userMetadata: { summary: 'first act' },
    });
    expectEvents(rest(events), [
      ['ActivityTaskStarted', { scheduledEventId: 5, attempt: 1, identity: 'conformance' }],
      ['ActivityTaskCompleted', { scheduledEventId: 5, startedEventId: 6, result: ['result'] }],
      ...closing,
    ]);
  }),

  scenario('the start of an activity is written only when it closes', {}, async (probe) => {
    const { run, activity } = await startedActivity(probe);
    await probe.expectHistory(
      run,
      ['WorkflowExecutionStarted', 'WorkflowTaskScheduled', 'WorkflowTaskStarted', 'WorkflowTaskCompleted', 'ActivityTaskScheduled'],
      'while it runs',
    );
    const { pendingActivities } = await probe.describe(run);
    expectWithin(pendingActivities, [
      { activityId: 'a', activityType: { name: 'act' }, state: 'PENDING_ACTIVITY_STATE_STARTED', attempt: 1, lastWorkerIdentity: 'conformance' },
    ]);
    await probe.completeActivity(activity);
    await probe.advance([completeWorkflow()]);
    expectEvents(rest(await probe.history(run)), ['ActivityTaskStarted', 'ActivityTaskCompleted', ...closing]);
  }),

  scenario('time-outs that an activity leaves out are filled in from the others', {}, async (probe) => {
    const run = await probe.start({ workflowRunTimeout: '100s' });
    await probe.advance([
      scheduleActivity('start-to-close only', probe.queue, { startToCloseTimeout: '30s' }),
      scheduleActivity('schedule-to-close only', probe.queue, { startToCloseTimeout: undefined, scheduleToCloseTimeout: '40s' }),
      scheduleActivity('longer than the run', probe.queue, { startToCloseTimeout: '500s', heartbeatTimeout: '900s' }),
    ]);
    const events = await probe.history(run);
    expectEvents(events.slice(4), [
      ['ActivityTaskScheduled', { scheduleToCloseTimeout: '100s', scheduleToStartTimeout: '100s', startToCloseTimeout: '30s', heartbeatTimeout: '0s' }],
      ['ActivityTaskScheduled', { scheduleToCloseTimeout: '40s', scheduleToStartTimeout: '40s', startToCloseTimeout: '40s' }],
      ['ActivityTaskScheduled', { scheduleToCloseTimeout: '100s', startToCloseTimeout: '100s', heartbeatTimeout: '100s' }],
    ]);
  }),

  scenario('an activity without any time-out is a bad command', {}, async (probe) => {
    const run = await probe.start();
    const task = await probe.workflowTask();
    const commands = [scheduleActivity('a', probe.queue, { startToCloseTimeout: undefined })];
    await probe.refused('RespondWorkflowTaskCompleted', { taskToken: task.taskToken, commands }, { code: 'INVALID_ARGUMENT' });
    const events = await probe.history(run);
    expectWithin(events[3], { type: 'WorkflowTaskFailed', cause: 'WORKFLOW_TASK_FAILED_CAUSE_BAD_SCHEDULE_ACTIVITY_ATTRIBUTES' });
  }),

  scenario('two pending activities cannot have the same id', {}, async (probe) => {
    const run = await probe.start();
    const task = await probe.workflowTask();
    const commands = [scheduleActivity('same', probe.queue), scheduleActivity('same', probe.queue)];
    await probe.refused('RespondWorkflowTaskCompleted', { taskToken: task.taskToken, commands }, { code: 'INVALID_ARGUMENT' });
    const events = await probe.history(run);
    expectWithin(events[3], { type: 'WorkflowTaskFailed', cause: 'WORKFLOW_TASK_FAILED_CAUSE_SCHEDULE_ACTIVITY_DUPLICATE_ID' });
  }),

  scenario('an activity that nobody has taken is cancelled on the spot', {}, async (probe) => {
    const run = await probe.start();
    await probe.advance([scheduleActivity('a', probe.queue)], { forceCreateNewWorkflowTask: true });
    await probe.advance([cancelActivity(5)]);
    await probe.advance([completeWorkflow()]);
    expectEvents(rest(await probe.history(run)), [
      'WorkflowTaskScheduled',
      'WorkflowTaskStarted',
      'WorkflowTaskCompleted',
      ['ActivityTaskCancelRequested', { scheduledEventId: 5, workflowTaskCompletedEventId: 8 }],
      ['ActivityTaskCanceled', { scheduledEventId: 5, latestCancelRequestedEventId: 9, startedEventId: absent }],
      ...closing,
    ]);
  }),

  scenario('a running activity learns of its cancellation by heartbeat and may accept it', {}, async (probe) => {
    const { run, activity } = await startedActivity(probe);
    assert.ok(!(await probe.heartbeat(activity, 1)).cancelRequested);
    await probe.refused('RespondActivityTaskCanceled', { taskToken: activity.taskToken }, { code: 'INVALID_ARGUMENT' });
    await probe.signal(run, 'wake');
    await probe.advance([cancelActivity(5)]);
    assert.equal((await probe.heartbeat(activity, 2)).cancelRequested, true);
    await probe.call('RespondActivityTaskCanceled', { taskToken: activity.taskToken, details: payloads('cleaned up') });
    await probe.advance([completeWorkflow()]);
    expectEvents(rest(await probe.history(run)), [
      'WorkflowExecutionSignaled',
      'WorkflowTaskScheduled',
      'WorkflowTaskStarted',
      'WorkflowTaskCompleted',
      ['ActivityTaskCancelRequested', { scheduledEventId: 5 }],
      ['ActivityTaskStarted', { scheduledEventId: 5 }],
      ['ActivityTaskCanceled', { scheduledEventId: 5, startedEventId: 11, latestCancelRequestedEventId: 10, details: ['cleaned up'] }],
      ...closing,
    ]);
  }),

  scenario('an activity that was asked to cancel and fails is not retried', {}, async (probe) => {
    const { run, activity } = await startedActivity(probe);
    await probe.signal(run, 'wake');
    await probe.advance([cancelActivity(5)]);
    await probe.failActivity(activity, 'failed instead');
    await probe.advance([completeWorkflow()]);
    const failed = (await probe.history(run)).find(({ type }) => type === 'ActivityTaskFailed');
    expectWithin(failed, { failure: { message: 'failed instead' }, retryState: 'RETRY_STATE_CANCEL_REQUESTED' });
  }),

  scenario('an activity is completed by its ids from anywhere', {}, async (probe) => {
    const { run } = await startedActivity(probe);
    const ids = { workflowId: run.workflowId, runId: run.runId, activityId: 'a' };
    await probe.call('RecordActivityTaskHeartbeatById', { ...ids, details: payloads(7) });
    const { pendingActivities } = await probe.describe(run);
    expectWithin(pendingActivities, [{ heartbeatDetails: [7] }]);
    await probe.call('RespondActivityTaskCompletedById', { ...ids, result: payloads('from afar'), identity: 'elsewhere' });
    await probe.refused('RespondActivityTaskCompletedById', { ...ids, result: payloads('again') }, { code: 'NOT_FOUND' });
    await probe.advance([completeWorkflow()]);
    expectEvents(rest(await probe.history(run)), [
      'ActivityTaskStarted',
      ['ActivityTaskCompleted', { result: ['from afar'], identity: 'elsewhere' }],
      ...closing,
    ]);
  }),

  scenario('a closed activity answers no more', {}, async (probe) => {
    const { run, activity } = await startedActivity(probe);
    const { taskToken } = activity;
    await probe.completeActivity(activity, 'result');
    await probe.refused('RespondActivityTaskCompleted', { taskToken }, { code: 'NOT_FOUND' });
    const failure = { message: 'late', applicationFailureInfo: {} };
    await probe.refused('RespondActivityTaskFailed', { taskToken, failure }, { code: 'NOT_FOUND' });
    await probe.refused('RecordActivityTaskHeartbeat', { taskToken }, { code: 'NOT_FOUND' });
    await probe.advance([completeWorkflow()]);
    await probe.refused('RecordActivityTaskHeartbeat', { taskToken }, { code: 'NOT_FOUND' });
    expectEvents(rest(await probe.history(run)), ['ActivityTaskStarted', 'ActivityTaskCompleted', ...closing]);
  }),

  scenario('an eager activity comes with the reply to its own command', { needs: ['eager activities'] }, async (probe) => {
    const run = await probe.start();
    const task = await probe.workflowTask();
    const { activityTasks } = await probe.reply(task, [
      scheduleActivity('eager', probe.queue, { requestEagerExecution: true }),
      scheduleActivity('ordinary', probe.queue),
    ]);
    expectWithin(activityTasks, [{ activityId: 'eager', attempt: 1 }]);
    await probe.completeActivity(activityTasks[0], 'at once');
    const ordinary = await probe.activityTask();
    assert.equal(ordinary.activityId, 'ordinary');
    await probe.advance([recordMarker('eager is done', 1)]);
    await probe.completeActivity(ordinary);
    await probe.advance([completeWorkflow()]);
    const events = await probe.history(run);
    expectEvents(events.slice(6, 8), [
      ['ActivityTaskStarted', { scheduledEventId: 5, attempt: 1 }],
      ['ActivityTaskCompleted', { scheduledEventId: 5, result: ['at once'] }],
    ]);
  }),
];
