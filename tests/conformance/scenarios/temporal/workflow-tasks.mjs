import assert from 'node:assert/strict';
import { scenario } from '../../runner/scenario.mjs';
import { absent, expectEvents, expectWithin } from '../../temporal/expect.mjs';
import { cancelTimer, completeWorkflow, recordMarker, scheduleActivity, startTimer } from '../../temporal/commands.mjs';

const types = (task) => task.history.events.map(({ type }) => type);
const sticky = (probe, seconds) => ({
  stickyAttributes: {
    workerTaskQueue: { name: `${probe.queue}-sticky`, kind: 'TASK_QUEUE_KIND_STICKY', normalName: probe.queue },
    scheduleToStartTimeout: `${seconds}s`,
  },
});

/** The worker waits at its sticky queue already when the signal comes, as workers do. */
async function stickyTask(probe, run) {
  const poll = probe.workflowTask({ queue: `${probe.queue}-sticky`, stickyOf: probe.queue });
  await probe.polled(`${probe.queue}-sticky`);
  await probe.signal(run, 'go');
  return poll;
}

export const scenarios = [
  scenario('a task carries the whole history and says which task came before it', {}, async (probe) => {
    const run = await probe.start();
    await probe.advance([startTimer('long', 60)]);
    await probe.signal(run, 'go');
    const task = await probe.workflowTask();
    expectWithin(task, { previousStartedEventId: 3, startedEventId: 8, attempt: 1 });
    assert.deepEqual(types(task), [
      'WorkflowExecutionStarted',
      'WorkflowTaskScheduled',
      'WorkflowTaskStarted',
      'WorkflowTaskCompleted',
      'TimerStarted',
      'WorkflowExecutionSignaled',
      'WorkflowTaskScheduled',
      'WorkflowTaskStarted',
    ]);
    await probe.reply(task, [completeWorkflow()]);
  }),

  scenario('a sticky task goes to its worker with only the new events', { needs: ['sticky'] }, async (probe) => {
    const run = await probe.start();
    await probe.advance([startTimer('long', 60)], sticky(probe, 10));
    const task = await stickyTask(probe, run);
    assert.deepEqual(types(task), ['WorkflowTaskCompleted', 'TimerStarted', 'WorkflowExecutionSignaled', 'WorkflowTaskScheduled', 'WorkflowTaskStarted']);
    assert.equal(task.workflowExecutionTaskQueue.name, probe.queue);
    await probe.reply(task, [completeWorkflow()]);
    const events = await probe.history(run);
    expectWithin(events[6], {
      type: 'WorkflowTaskScheduled',
      taskQueue: { name: `${probe.queue}-sticky`, kind: 'TASK_QUEUE_KIND_STICKY', normalName: probe.queue },
    });
  }),

  scenario('a sticky worker that does not come loses the task to the normal queue', { needs: ['sticky'] }, async (probe) => {
    const run = await probe.start();
    await probe.advance([startTimer('long', 60)], sticky(probe, 2));
    // A queue that nobody has polled of late is not even tried.
    await probe.reply(await stickyTask(probe, run), [recordMarker('seen', 1)], sticky(probe, 2));
    await probe.signal(run, 'again');
    const task = await probe.advance([completeWorkflow()]);
    assert.equal(types(task)[0], 'WorkflowExecutionStarted');
    const events = await probe.history(run);
    expectEvents(events.slice(10), [
      ['WorkflowExecutionSignaled', { signalName: 'again' }],
      ['WorkflowTaskScheduled', { taskQueue: { kind: 'TASK_QUEUE_KIND_STICKY' } }],
      ['WorkflowTaskTimedOut', { scheduledEventId: 12, timeoutType: 'TIMEOUT_TYPE_SCHEDULE_TO_START' }],
      ['WorkflowTaskScheduled', { taskQueue: { name: probe.queue, kind: 'TASK_QUEUE_KIND_NORMAL' } }],
      'WorkflowTaskStarted',
      'WorkflowTaskCompleted',
      'WorkflowExecutionCompleted',
    ]);
  }),

  scenario('a sticky queue without a worker is passed over at once', { needs: ['sticky'] }, async (probe) => {
    const run = await probe.start();
    await probe.advance([startTimer('long', 60)], sticky(probe, 30));
    await probe.signal(run, 'go');
    await probe.advance([completeWorkflow()]);
    const events = await probe.history(run);
    expectEvents(events.slice(6), [
      ['WorkflowTaskScheduled', { taskQueue: { kind: 'TASK_QUEUE_KIND_STICKY' } }],
      'WorkflowTaskStarted',
      'WorkflowTaskCompleted',
      'WorkflowExecutionCompleted',
    ]);
  }),

  scenario('a worker that resets its stickiness gets the next task on the normal queue', { needs: ['sticky'] }, async (probe) => {
    const run = await probe.start();
    await probe.advance([startTimer('long', 60)], sticky(probe, 10));
    await probe.call('ResetStickyTaskQueue', { execution: { workflowId: run.workflowId, runId: run.runId } });
    await probe.signal(run, 'go');
    await probe.advance([completeWorkflow()]);
    const events = await probe.history(run);
    expectWithin(events[6], { type: 'WorkflowTaskScheduled', taskQueue: { name: probe.queue, kind: 'TASK_QUEUE_KIND_NORMAL' } });
  }),

  scenario('a failed task is written once, and its further attempts leave no trace', {}, async (probe) => {
    const run = await probe.start();
    for (const attempt of [1, 2, 3]) {
      const task = await probe.workflowTask();
      assert.equal(task.attempt, attempt);
      await probe.failTask(task, `attempt ${attempt}`);
    }
    const last = await probe.workflowTask();
    assert.equal(last.attempt, 4);
    assert.deepEqual(types(last), [
      'WorkflowExecutionStarted',
      'WorkflowTaskScheduled',
      'WorkflowTaskStarted',
      'WorkflowTaskFailed',
      'WorkflowTaskScheduled',
      'WorkflowTaskStarted',
    ]);
    await probe.reply(last, [completeWorkflow()]);
    await probe.expectHistory(run, [
      'WorkflowExecutionStarted',
      ['WorkflowTaskScheduled', { attempt: 1 }],
      'WorkflowTaskStarted',
      [
        'WorkflowTaskFailed',
        {
          scheduledEventId: 2,
          startedEventId: 3,
          cause: 'WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE',
          failure: { message: 'attempt 1' },
        },
      ],
      ['WorkflowTaskScheduled', { attempt: 4 }],
      'WorkflowTaskStarted',
      'WorkflowTaskCompleted',
      'WorkflowExecutionCompleted',
    ]);
  }),

  scenario('a signal during a failing task makes the next attempt an ordinary one', {}, async (probe) => {
    const run = await probe.start();
    await probe.failTask(await probe.workflowTask(), 'first');
    const second = await probe.workflowTask();
    await probe.signal(run, 'go');
    await probe.failTask(second, 'second');
    const third = await probe.workflowTask();
    assert.equal(third.attempt, 1);
    await probe.reply(third, [completeWorkflow()]);
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

  scenario('a worker that does not answer in time loses the task', {}, async (probe) => {
    const run = await probe.start({ workflowTaskTimeout: '3s' });
    const lost = await probe.workflowTask();
    const task = await probe.workflowTask();
    assert.equal(task.attempt, 2);
    await probe.refused('RespondWorkflowTaskCompleted', { taskToken: lost.taskToken, commands: [completeWorkflow('late')] }, { code: 'NOT_FOUND' });
    await probe.reply(task, [completeWorkflow('in time')]);
    await probe.expectHistory(run, [
      'WorkflowExecutionStarted',
      'WorkflowTaskScheduled',
      'WorkflowTaskStarted',
      ['WorkflowTaskTimedOut', { scheduledEventId: 2, startedEventId: 3, timeoutType: 'TIMEOUT_TYPE_START_TO_CLOSE' }],
      ['WorkflowTaskScheduled', { attempt: 2 }],
      'WorkflowTaskStarted',
      'WorkflowTaskCompleted',
      ['WorkflowExecutionCompleted', { result: ['in time'] }],
    ]);
  }),

  scenario('a task is answered once', {}, async (probe) => {
    const run = await probe.start();
    const task = await probe.workflowTask();
    await probe.reply(task, [startTimer('long', 60)]);
    await probe.refused('RespondWorkflowTaskCompleted', { taskToken: task.taskToken, commands: [completeWorkflow()] }, { code: 'NOT_FOUND' });
    await probe.refused('RespondWorkflowTaskFailed', { taskToken: task.taskToken, failure: { message: 'late' } }, { code: 'NOT_FOUND' });
    await probe.expectHistory(run, ['WorkflowExecutionStarted', 'WorkflowTaskScheduled', 'WorkflowTaskStarted', 'WorkflowTaskCompleted', 'TimerStarted']);
  }),

  scenario('a workflow that wants to close with an unread signal is given it first', {}, async (probe) => {
    const run = await probe.start();
    const task = await probe.workflowTask();
    await probe.signal(run, 'go');
    await probe.refused('RespondWorkflowTaskCompleted', { taskToken: task.taskToken, commands: [completeWorkflow('too early')] }, {
      code: 'INVALID_ARGUMENT',
      reason: /UnhandledCommand/,
    });
    await probe.advance([completeWorkflow('now')]);
    await probe.expectHistory(run, [
      'WorkflowExecutionStarted',
      'WorkflowTaskScheduled',
      'WorkflowTaskStarted',
      ['WorkflowTaskFailed', { cause: 'WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND' }],
      'WorkflowExecutionSignaled',
      ['WorkflowTaskScheduled', { attempt: 1 }],
      'WorkflowTaskStarted',
      'WorkflowTaskCompleted',
      ['WorkflowExecutionCompleted', { result: ['now'] }],
    ]);
  }),

  scenario('a completion may bring the next task in its reply', { needs: ['inline task'] }, async (probe) => {
    const run = await probe.start();
    const task = await probe.workflowTask();
    await probe.signal(run, 'go');
    const { workflowTask: next } = await probe.reply(task, [recordMarker('seen', 1)], { returnNewWorkflowTask: true });
    expectWithin(next, { attempt: 1, startedEventId: 8, previousStartedEventId: 3 });
    await probe.reply(next, [completeWorkflow()]);
    await probe.expectHistory(run, [
      'WorkflowExecutionStarted',
      'WorkflowTaskScheduled',
      'WorkflowTaskStarted',
      'WorkflowTaskCompleted',
      ['MarkerRecorded', { markerName: 'seen', details: { data: [1] }, workflowTaskCompletedEventId: 4 }],
      'WorkflowExecutionSignaled',
      'WorkflowTaskScheduled',
      'WorkflowTaskStarted',
      'WorkflowTaskCompleted',
      'WorkflowExecutionCompleted',
    ]);
  }),

  scenario('a task that needs longer is kept alive by asking for a new one', { needs: ['inline task'] }, async (probe) => {
    const run = await probe.start();
    let task = await probe.workflowTask();
    for (const startedEventId of [6, 9]) {
      const reply = await probe.reply(task, [], { returnNewWorkflowTask: true, forceCreateNewWorkflowTask: true });
      task = reply.workflowTask;
      assert.equal(task.startedEventId, startedEventId);
    }
    await probe.reply(task, [completeWorkflow()]);
    const events = await probe.history(run);
    assert.equal(events.filter(({ type }) => type === 'WorkflowTaskCompleted').length, 3);
  }),

  scenario('a poller that went away takes no task with it', {}, async (probe) => {
    const patience = new AbortController();
    const request = { taskQueue: { name: probe.queue }, identity: 'impatient' };
    const poll = probe.call('PollWorkflowTaskQueue', request, { signal: patience.signal, seconds: 30 });
    const gone = assert.rejects(poll, { code: 'CANCELLED' });
    await probe.polled(probe.queue);
    patience.abort();
    await gone;
    // A round trip later the service has the news, which it may take in on another thread.
    await probe.call('GetSystemInfo');
    await probe.call('GetSystemInfo');
    const run = await probe.start();
    const task = await probe.advance([completeWorkflow()]);
    assert.equal(task.attempt, 1);
    await probe.history(run);
  }),

  scenario('a command that makes no sense fails the task and says which', {}, async (probe) => {
    const cases = [
      [cancelTimer('never started'), 'BAD_CANCEL_TIMER_ATTRIBUTES'],
      [startTimer('', 1), 'BAD_START_TIMER_ATTRIBUTES'],
      [scheduleActivity('a', probe.queue, { activityType: { name: '' } }), 'BAD_SCHEDULE_ACTIVITY_ATTRIBUTES'],
      [recordMarker('', 1), 'BAD_RECORD_MARKER_ATTRIBUTES'],
    ];
    for (const [command, cause] of cases) {
      const run = await probe.start();
      const task = await probe.workflowTask();
      await probe.refused('RespondWorkflowTaskCompleted', { taskToken: task.taskToken, commands: [command] }, { code: 'INVALID_ARGUMENT' });
      await probe.advance([completeWorkflow()]);
      await probe.expectHistory(
        run,
        [
          'WorkflowExecutionStarted',
          'WorkflowTaskScheduled',
          'WorkflowTaskStarted',
          ['WorkflowTaskFailed', { cause: `WORKFLOW_TASK_FAILED_CAUSE_${cause}`, failure: { message: (text) => !absent(text) } }],
          ['WorkflowTaskScheduled', { attempt: 2 }],
          'WorkflowTaskStarted',
          'WorkflowTaskCompleted',
          'WorkflowExecutionCompleted',
        ],
        cause,
      );
    }
  }),
];
