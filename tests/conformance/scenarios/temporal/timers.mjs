import assert from 'node:assert/strict';
import { scenario } from '../../runner/scenario.mjs';
import { payload } from '../../temporal/plain.mjs';
import { expectEvents, expectWithin } from '../../temporal/expect.mjs';
import { cancelTimer, completeWorkflow, startTimer } from '../../temporal/commands.mjs';

const opening = ['WorkflowExecutionStarted', 'WorkflowTaskScheduled', 'WorkflowTaskStarted', 'WorkflowTaskCompleted'];

export const scenarios = [
  scenario('a timer fires when its time has come, with what it is for', {}, async (probe) => {
    const run = await probe.start();
    await probe.advance([startTimer('t', 1, { summary: payload('a short wait') })]);
    await probe.advance([completeWorkflow()]);
    const events = await probe.expectHistory(run, [
      ...opening,
      ['TimerStarted', { timerId: 't', startToFireTimeout: '1s', workflowTaskCompletedEventId: 4, userMetadata: { summary: 'a short wait' } }],
      ['TimerFired', { timerId: 't', startedEventId: 5 }],
      'WorkflowTaskScheduled',
      'WorkflowTaskStarted',
      'WorkflowTaskCompleted',
      'WorkflowExecutionCompleted',
    ]);
    assert.ok(Date.parse(events[5].time) - Date.parse(events[4].time) >= 1000, 'it fired early');
  }),

  scenario('a cancelled timer never fires', {}, async (probe) => {
    const run = await probe.start();
    await probe.advance([startTimer('t', 60), startTimer('u', 1)]);
    await probe.advance([cancelTimer('t'), completeWorkflow()]);
    await probe.expectHistory(run, [
      ...opening,
      ['TimerStarted', { timerId: 't' }],
      ['TimerStarted', { timerId: 'u' }],
      ['TimerFired', { timerId: 'u', startedEventId: 6 }],
      'WorkflowTaskScheduled',
      'WorkflowTaskStarted',
      'WorkflowTaskCompleted',
      ['TimerCanceled', { timerId: 't', startedEventId: 5, workflowTaskCompletedEventId: 10 }],
      'WorkflowExecutionCompleted',
    ]);
  }),

  scenario('a timer started and cancelled in one breath leaves both events', {}, async (probe) => {
    const run = await probe.start();
    await probe.advance([startTimer('t', 60), cancelTimer('t'), completeWorkflow()]);
    await probe.expectHistory(run, [...opening, 'TimerStarted', ['TimerCanceled', { startedEventId: 5 }], 'WorkflowExecutionCompleted']);
  }),

  scenario('two running timers cannot have the same id', {}, async (probe) => {
    const run = await probe.start();
    const task = await probe.workflowTask();
    const commands = [startTimer('same', 60), startTimer('same', 60)];
    await probe.refused('RespondWorkflowTaskCompleted', { taskToken: task.taskToken, commands }, { code: 'INVALID_ARGUMENT' });
    const events = await probe.history(run);
    expectWithin(events[3], { type: 'WorkflowTaskFailed', cause: 'WORKFLOW_TASK_FAILED_CAUSE_START_TIMER_DUPLICATE_ID' });
  }),

  scenario('timers fire in the order of their times', {}, async (probe) => {
    const run = await probe.start();
    await probe.advance([startTimer('third', 1.6), startTimer('first', 0.6), startTimer('second', 1.1)]);
    const fired = await probe.until('all have fired', async () => {
      const task = await probe.workflowTask();
      const seen = task.history.events.filter(({ type }) => type === 'TimerFired').map(({ timerId }) => timerId);
      await probe.reply(task, seen.length === 3 ? [completeWorkflow()] : []);
      return { holds: seen.length === 3, seen };
    });
    assert.deepEqual(fired, ['first', 'second', 'third']);
    const events = await probe.events(run);
    expectEvents(events.slice(4, 7), ['TimerStarted', 'TimerStarted', 'TimerStarted']);
  }),
];
