import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { scenario } from '../../runner/scenario.mjs';
import { absent, expectEvents, expectWithin } from '../../temporal/expect.mjs';
import { completeWorkflow, recordMarker, scheduleActivity, startTimer } from '../../temporal/commands.mjs';
import { accept, reject, stage, updateRequest } from '../../temporal/updates.mjs';

const needs = ['reset'];

const reset = (probe, { workflowId, runId }, workflowTaskFinishEventId, request = {}) =>
  probe.call('ResetWorkflowExecution', { workflowExecution: { workflowId, runId }, workflowTaskFinishEventId, reason: 'again', requestId: randomUUID(), ...request });

const opening = ['WorkflowExecutionStarted', 'WorkflowTaskScheduled', 'WorkflowTaskStarted'];

export const scenarios = [
  scenario('a reset begins a new run with the history up to a task, which then fails', { needs }, async (probe) => {
    const run = await probe.start({ input: 'kept' });
    await probe.advance([startTimer('t', 60)]);
    const { runId } = await reset(probe, run, 4);
    assert.notEqual(runId, run.runId);
    const fresh = { workflowId: run.workflowId, runId };
    const task = await probe.advance([completeWorkflow('second try')]);
    assert.equal(task.workflowExecution.runId, runId);
    await probe.expectHistory(fresh, [
      ['WorkflowExecutionStarted', { input: ['kept'], originalExecutionRunId: (id) => id === run.runId, firstExecutionRunId: run.runId }],
      'WorkflowTaskScheduled',
      'WorkflowTaskStarted',
      ['WorkflowTaskFailed', { cause: 'WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW', baseRunId: run.runId, newRunId: runId, failure: { resetWorkflowFailureInfo: {} } }],
      'WorkflowTaskScheduled',
      'WorkflowTaskStarted',
      'WorkflowTaskCompleted',
      ['WorkflowExecutionCompleted', { result: ['second try'] }],
    ], 'new');
    await probe.expectHistory(run, [...opening, 'WorkflowTaskCompleted', 'TimerStarted', 'WorkflowExecutionTerminated'], 'old');
  }),

  scenario('signals after the reset point are given to the new run unless that is not wanted', { needs }, async (probe) => {
    for (const [label, exclude, signals] of [['reapplied', [], 2], ['left out', ['RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL'], 0]]) {
      const run = await probe.start();
      await probe.advance([startTimer('t', 60)]);
      await probe.signal(run, 'go', 1);
      await probe.advance([recordMarker('read', 1)]);
      await probe.signal(run, 'go', 2);
      const { runId } = await reset(probe, run, 4, { resetReapplyExcludeTypes: exclude });
      const fresh = { workflowId: run.workflowId, runId };
      await probe.advance([completeWorkflow()]);
      const events = await probe.history(fresh, label);
      const again = events.filter(({ type }) => type === 'WorkflowExecutionSignaled');
      assert.equal(again.length, signals, label);
      assert.deepEqual(again.map(({ input }) => input[0]), [1, 2].slice(0, signals));
      expectEvents(events.slice(0, 4), [...opening, 'WorkflowTaskFailed']);
    }
  }),

  scenario('an update that a reset gives to the new run may be rejected there', { needs: [...needs, 'updates'] }, async (probe) => {
    const run = await probe.start();
    await probe.advance([startTimer('t', 60)]);
    const asked = probe.call('UpdateWorkflowExecution', { ...updateRequest(run, 'u-1'), waitPolicy: { lifecycleStage: stage('ACCEPTED') } });
    const first = await probe.workflowTask();
    const accepted = accept(first, 'u-1');
    await probe.reply(first, accepted.commands, { messages: accepted.messages });
    expectWithin(await asked, { stage: stage('ACCEPTED') });

    const { runId } = await reset(probe, run, 4);
    const updateRef = { updateId: 'u-1', workflowExecution: { workflowId: run.workflowId, runId } };
    const polled = probe.call('PollWorkflowExecutionUpdate', { updateRef, waitPolicy: { lifecycleStage: stage('COMPLETED') } });
    const again = await probe.workflowTask();
    // The request is in the history this time, and no message brings it.
    const rejected = reject({ messages: [{ ...first.messages[0], eventId: again.startedEventId }] }, 'u-1', 'not any more');
    await probe.reply(again, [startTimer('t', 60)], { messages: rejected.messages });
    expectWithin(await polled, { outcome: { failure: { message: 'not any more' } } });
    const events = await probe.history({ workflowId: run.workflowId, runId }, 'new');
    assert.deepEqual(events.map(({ type }) => type).filter((type) => type.includes('Update')), ['WorkflowExecutionUpdateAdmitted']);
  }),

  scenario('a closed run can be reset', { needs }, async (probe) => {
    const run = await probe.start();
    await probe.advance([startTimer('t', 1)]);
    await probe.advance([completeWorkflow('wrong')]);
    const { runId } = await reset(probe, run, 9);
    await probe.advance([completeWorkflow('right')]);
    await probe.expectHistory({ workflowId: run.workflowId, runId }, [
      ...opening,
      'WorkflowTaskCompleted',
      'TimerStarted',
      'TimerFired',
      'WorkflowTaskScheduled',
      'WorkflowTaskStarted',
      ['WorkflowTaskFailed', { cause: 'WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW' }],
      'WorkflowTaskScheduled',
      'WorkflowTaskStarted',
      'WorkflowTaskCompleted',
      ['WorkflowExecutionCompleted', { result: ['right'] }],
    ], 'new');
    const events = await probe.history(run, 'old');
    expectWithin(events.at(-1), { type: 'WorkflowExecutionCompleted', result: ['wrong'] });
  }),

  scenario('an activity that ran before the reset point runs again in the new run', { needs }, async (probe) => {
    const run = await probe.start();
    await probe.advance([scheduleActivity('a', probe.queue)], { forceCreateNewWorkflowTask: true });
    await probe.advance([recordMarker('later', 1)]);
    const first = await probe.activityTask();
    const { runId } = await reset(probe, run, 8);
    await probe.refused('RespondActivityTaskCompleted', { taskToken: first.taskToken }, { code: 'NOT_FOUND' });
    const second = await probe.activityTask();
    expectWithin(second, { activityId: 'a', workflowExecution: { runId } });
    await probe.completeActivity(second, 'again');
    const fresh = { workflowId: run.workflowId, runId };
    await probe.until('the result is read', async () => {
      const task = await probe.advance([]);
      const seen = task.history.events.map(({ type }) => type);
      return { holds: seen.includes('ActivityTaskCompleted'), seen };
    });
    const events = await probe.history(fresh, 'new');
    expectWithin(events.find(({ type }) => type === 'ActivityTaskCompleted'), { result: ['again'] });
  }),

  scenario('a reset point that is none is refused', { needs }, async (probe) => {
    const run = await probe.start();
    await probe.advance([startTimer('t', 60)]);
    for (const workflowTaskFinishEventId of [0, 1, 5, 99]) {
      await probe.refused(
        'ResetWorkflowExecution',
        { workflowExecution: { workflowId: run.workflowId, runId: run.runId }, workflowTaskFinishEventId, requestId: randomUUID() },
        { code: 'INVALID_ARGUMENT' },
      );
    }
    await probe.refused(
      'ResetWorkflowExecution',
      { workflowExecution: { workflowId: probe.id('nobody') }, workflowTaskFinishEventId: 4, requestId: randomUUID() },
      { code: 'NOT_FOUND' },
    );
    const { workflowExecutionInfo } = await probe.describe(run);
    expectWithin(workflowExecutionInfo, { status: 'WORKFLOW_EXECUTION_STATUS_RUNNING', closeTime: absent });
  }),
];
