import assert from 'node:assert/strict';
import { scenario } from '../../runner/scenario.mjs';
import { expectEvents, expectWithin } from '../../temporal/expect.mjs';
import { completeWorkflow, startTimer } from '../../temporal/commands.mjs';
import { accept, succeed, together, updateRequest } from '../../temporal/updates.mjs';

const needs = ['update-with-start'];
const respond = (probe, task, answer, more = []) => probe.reply(task, [...answer.commands, ...more], { messages: answer.messages });

function both(probe, workflowId, updateId, start = {}) {
  return {
    operations: [
      { startWorkflow: { namespace: probe.namespace, ...probe.startRequest({ workflowId, ...start }) } },
      { updateWorkflow: { namespace: probe.namespace, ...updateRequest({ workflowId }, updateId) } },
    ],
  };
}

const useExisting = { workflowIdConflictPolicy: 'WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING' };

export const scenarios = [
  scenario('update-with-start starts the workflow and delivers the update with the first task', { needs }, async (probe) => {
    const workflowId = probe.id();
    const asked = probe.call('ExecuteMultiOperation', both(probe, workflowId, 'u-1'));
    const task = await probe.workflowTask();
    assert.equal(task.messages.length, 1);
    await respond(probe, task, together(accept(task, 'u-1'), succeed('u-1', 'new')), [completeWorkflow()]);
    const { responses } = await asked;
    expectWithin(responses, [{ startWorkflow: { started: true } }, { updateWorkflow: { outcome: { success: ['new'] } } }]);
    await probe.expectHistory({ workflowId, runId: responses[0].startWorkflow.runId }, [
      'WorkflowExecutionStarted',
      'WorkflowTaskScheduled',
      'WorkflowTaskStarted',
      'WorkflowTaskCompleted',
      'WorkflowExecutionUpdateAccepted',
      'WorkflowExecutionUpdateCompleted',
      'WorkflowExecutionCompleted',
    ]);
  }),

  scenario('update-with-start of a running id updates what is there', { needs }, async (probe) => {
    const run = await probe.start();
    await probe.advance([startTimer('long', 60)]);
    const asked = probe.call('ExecuteMultiOperation', both(probe, run.workflowId, 'u-1', useExisting));
    const task = await probe.workflowTask();
    await respond(probe, task, together(accept(task, 'u-1'), succeed('u-1', 'old')));
    const { responses } = await asked;
    expectWithin(responses[0].startWorkflow, { runId: run.runId, started: (value) => !value });
    // Asked again with the same update id, it answers from what is written.
    const again = await probe.call('ExecuteMultiOperation', both(probe, run.workflowId, 'u-1', useExisting));
    expectWithin(again.responses[1], { updateWorkflow: { outcome: { success: ['old'] } } });
    const events = await probe.history(run);
    expectEvents(events.slice(-2), ['WorkflowExecutionUpdateAccepted', 'WorkflowExecutionUpdateCompleted']);
  }),

  scenario('update-with-start that may not start is refused as a whole', { needs }, async (probe) => {
    const run = await probe.start();
    const refusal = await probe.refused(
      'ExecuteMultiOperation',
      both(probe, run.workflowId, 'u-1', { workflowIdConflictPolicy: 'WORKFLOW_ID_CONFLICT_POLICY_FAIL' }),
      { code: 'ALREADY_EXISTS', details: [{ type: 'MultiOperationExecutionFailure' }] },
    );
    const [start, update] = refusal.details[0].statuses;
    expectWithin(start, { code: 6, details: [{ '@type': 'WorkflowExecutionAlreadyStartedFailure', runId: run.runId }] });
    expectWithin(update, { code: 10, details: [{ '@type': 'MultiOperationExecutionAborted' }] });
    await probe.expectHistory(run, ['WorkflowExecutionStarted', 'WorkflowTaskScheduled']);
  }),

  scenario('update-with-start of two different ids is refused', { needs }, async (probe) => {
    const request = both(probe, probe.id('one'), 'u-1');
    request.operations[1].updateWorkflow.workflowExecution.workflowId = probe.id('two');
    await probe.refused('ExecuteMultiOperation', request, { code: 'INVALID_ARGUMENT', details: [{ type: 'MultiOperationExecutionFailure' }] });
  }),
];
