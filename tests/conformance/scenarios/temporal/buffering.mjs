import assert from 'node:assert/strict';
import { scenario } from '../../runner/scenario.mjs';
import { expectEvents } from '../../temporal/expect.mjs';
import { cancelTimer, completeWorkflow, recordMarker, scheduleActivity, startChild, startTimer } from '../../temporal/commands.mjs';

const opening = ['WorkflowExecutionStarted', 'WorkflowTaskScheduled', 'WorkflowTaskStarted', 'WorkflowTaskCompleted'];

export const scenarios = [
  scenario('what happens during a task is written after its completion and its commands', {}, async (probe) => {
    const run = await probe.start();
    const task = await probe.workflowTask();
    await probe.signal(run, 'go', 1);
    await probe.signal(run, 'go', 2);
    await probe.cancel(run);
    await probe.expectHistory(run, ['WorkflowExecutionStarted', 'WorkflowTaskScheduled', 'WorkflowTaskStarted'], 'during');
    await probe.reply(task, [recordMarker('first', 1), startTimer('long', 60)]);
    await probe.advance([completeWorkflow()]);
    await probe.expectHistory(run, [
      ...opening,
      ['MarkerRecorded', { workflowTaskCompletedEventId: 4 }],
      'TimerStarted',
      ['WorkflowExecutionSignaled', { input: [1] }],
      ['WorkflowExecutionSignaled', { input: [2] }],
      'WorkflowExecutionCancelRequested',
      'WorkflowTaskScheduled',
      'WorkflowTaskStarted',
      'WorkflowTaskCompleted',
      'WorkflowExecutionCompleted',
    ]);
  }),

  scenario('a failed task writes what was buffered after its failure', {}, async (probe) => {
    const run = await probe.start();
    const task = await probe.workflowTask();
    await probe.signal(run, 'go');
    await probe.failTask(task, 'no');
    await probe.advance([completeWorkflow()]);
    await probe.expectHistory(run, [
      'WorkflowExecutionStarted',
      'WorkflowTaskScheduled',
      'WorkflowTaskStarted',
      'WorkflowTaskFailed',
      'WorkflowExecutionSignaled',
      ['WorkflowTaskScheduled', { attempt: 1 }],
      'WorkflowTaskStarted',
      'WorkflowTaskCompleted',
      'WorkflowExecutionCompleted',
    ]);
  }),

  scenario('a task that times out writes what was buffered after its time-out', {}, async (probe) => {
    const run = await probe.start({ workflowTaskTimeout: '2s' });
    await probe.workflowTask();
    await probe.signal(run, 'go');
    await probe.advance([completeWorkflow()]);
    await probe.expectHistory(run, [
      'WorkflowExecutionStarted',
      'WorkflowTaskScheduled',
      'WorkflowTaskStarted',
      'WorkflowTaskTimedOut',
      'WorkflowExecutionSignaled',
      ['WorkflowTaskScheduled', { attempt: 1 }],
      'WorkflowTaskStarted',
      'WorkflowTaskCompleted',
      'WorkflowExecutionCompleted',
    ]);
  }),

  scenario('an activity that closes during a task is written after the signals that came later', {}, async (probe) => {
    const run = await probe.start();
    await probe.advance([scheduleActivity('a', probe.queue)]);
    const activity = await probe.activityTask();
    await probe.signal(run, 'wake');
    const task = await probe.workflowTask();
    await probe.completeActivity(activity, 'result');
    await probe.signal(run, 'later');
    await probe.reply(task, [recordMarker('seen', 1)]);
    await probe.advance([completeWorkflow()]);
    const events = await probe.history(run);
    expectEvents(events.slice(4), [
      ['ActivityTaskScheduled', { activityId: 'a' }],
      ['WorkflowExecutionSignaled', { signalName: 'wake' }],
      'WorkflowTaskScheduled',
      'WorkflowTaskStarted',
      'WorkflowTaskCompleted',
      'MarkerRecorded',
      // Only the closing moves to the end; the start stays where it happened.
      ['ActivityTaskStarted', { scheduledEventId: 5, attempt: 1 }],
      ['WorkflowExecutionSignaled', { signalName: 'later' }],
      ['ActivityTaskCompleted', { scheduledEventId: 5, startedEventId: 11, result: ['result'] }],
      'WorkflowTaskScheduled',
      'WorkflowTaskStarted',
      'WorkflowTaskCompleted',
      'WorkflowExecutionCompleted',
    ]);
  }),

  scenario('cancelling a timer takes back its firing that nobody has read', {}, async (probe) => {
    const run = await probe.start();
    await probe.advance([startTimer('short', 2)]);
    await probe.signal(run, 'wake');
    const task = await probe.workflowTask();
    await probe.until('the timer has fired', async () => {
      const { workflowExecutionInfo } = await probe.describe(run);
      const since = Date.now() - Date.parse(workflowExecutionInfo.startTime);
      return { holds: since > 4000, seen: since };
    });
    await probe.reply(task, [cancelTimer('short')], { forceCreateNewWorkflowTask: true });
    await probe.advance([completeWorkflow()]);
    const events = await probe.history(run);
    assert.ok(!events.some(({ type }) => type === 'TimerFired'));
    expectEvents(events.slice(4), [
      ['TimerStarted', { timerId: 'short' }],
      'WorkflowExecutionSignaled',
      'WorkflowTaskScheduled',
      'WorkflowTaskStarted',
      'WorkflowTaskCompleted',
      ['TimerCanceled', { timerId: 'short', startedEventId: 5 }],
      'WorkflowTaskScheduled',
      'WorkflowTaskStarted',
      'WorkflowTaskCompleted',
      'WorkflowExecutionCompleted',
    ]);
  }),

  scenario('a child that starts and closes during a task has started before it closed', { needs: ['children'] }, async (probe) => {
    const run = await probe.start();
    const first = await probe.workflowTask();
    await probe.reply(first, [startChild(probe.id('child'), `${probe.queue}-child`)], { forceCreateNewWorkflowTask: true });
    const task = await probe.workflowTask();
    await probe.advance([completeWorkflow('child result')], { queue: `${probe.queue}-child` });
    await probe.until('the child is closed', async () => {
      const { workflowExecutionInfo: seen } = await probe.describe({ workflowId: probe.id('child') });
      return { holds: seen.status === 'WORKFLOW_EXECUTION_STATUS_COMPLETED', seen };
    });
    await probe.reply(task, [recordMarker('seen', 1)]);
    await probe.advance([completeWorkflow()]);
    await probe.until('the parent is closed', async () => {
      const { workflowExecutionInfo: seen } = await probe.describe(run);
      return { holds: seen.status === 'WORKFLOW_EXECUTION_STATUS_COMPLETED', seen };
    });
    const types = (await probe.history(run)).map(({ type }) => type);
    const at = (type) => types.indexOf(type);
    assert.ok(at('StartChildWorkflowExecutionInitiated') < at('ChildWorkflowExecutionStarted'), types.join());
    assert.ok(at('ChildWorkflowExecutionStarted') < at('ChildWorkflowExecutionCompleted'), types.join());
  }),

  scenario('only so many events are buffered: then the task is given up', { needs: ['limits'] }, async (probe) => {
    const run = await probe.start();
    await probe.workflowTask();
    // 100 is the service's default; the event that goes over it fails the task and everything is written.
    for (let sent = 0; sent < 101; sent += 20) {
      await Promise.all(Array.from({ length: 20 }, (_, index) => probe.signal(run, 'go', sent + index)));
    }
    const events = await probe.events(run);
    expectEvents(events.slice(0, 4), [
      'WorkflowExecutionStarted',
      'WorkflowTaskScheduled',
      'WorkflowTaskStarted',
      ['WorkflowTaskFailed', { cause: 'WORKFLOW_TASK_FAILED_CAUSE_FORCE_CLOSE_COMMAND' }],
    ]);
    assert.equal(events.filter(({ type }) => type === 'WorkflowExecutionSignaled').length, 120);
  }),
];
