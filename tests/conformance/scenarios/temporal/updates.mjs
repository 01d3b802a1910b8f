import assert from 'node:assert/strict';
import { scenario } from '../../runner/scenario.mjs';
import { absent, expectEvents, expectWithin } from '../../temporal/expect.mjs';
import { completeWorkflow, startTimer } from '../../temporal/commands.mjs';
import { accept, fail, reject, stage, succeed, together, updateRequest } from '../../temporal/updates.mjs';

const needs = ['updates'];
const opening = ['WorkflowExecutionStarted', 'WorkflowTaskScheduled', 'WorkflowTaskStarted', 'WorkflowTaskCompleted'];

/** The worker's answer with the commands in their place. */
const respond = (probe, task, answer, more = []) => probe.reply(task, [...answer.commands, ...more], { messages: answer.messages });

/** A run that has done its first task and waits. */
async function waiting(probe) {
  const run = await probe.start();
  await probe.advance([startTimer('long', 60)]);
  return run;
}

/** Waits until the service has the update, so that what comes next comes after it. */
async function admitted(probe, { workflowId }, updateId) {
  const updateRef = { updateId, workflowExecution: { workflowId } };
  const waitPolicy = { lifecycleStage: stage('ADMITTED') };
  await probe.until(`${updateId} is admitted`, async () => {
    const seen = await probe.call('PollWorkflowExecutionUpdate', { updateRef, waitPolicy }).catch((error) => {
      if (error.code === 'NOT_FOUND') {
        return undefined;
      }
      throw error;
    });
    return { holds: seen !== undefined, seen };
  });
}

export const scenarios = [
  scenario('an update is accepted and completed, and both are written', { needs }, async (probe) => {
    const run = await waiting(probe);
    const asked = probe.call('UpdateWorkflowExecution', updateRequest(run, 'u-1', { args: [5] }));
    const task = await probe.workflowTask();
    expectWithin(task.messages, [
      { protocolInstanceId: 'u-1', body: { '@type': 'Request', meta: { updateId: 'u-1', identity: 'conformance' }, input: { name: 'set', args: [5] } } },
    ]);
    await respond(probe, task, together(accept(task, 'u-1'), succeed('u-1', 'was 4')));
    expectWithin(await asked, {
      stage: stage('COMPLETED'),
      outcome: { success: ['was 4'] },
      updateRef: { updateId: 'u-1', workflowExecution: { workflowId: run.workflowId, runId: run.runId } },
    });
    await probe.expectHistory(run, [
      ...opening,
      'TimerStarted',
      'WorkflowTaskScheduled',
      'WorkflowTaskStarted',
      'WorkflowTaskCompleted',
      ['WorkflowExecutionUpdateAccepted', { protocolInstanceId: 'u-1', acceptedRequest: { meta: { updateId: 'u-1' }, input: { name: 'set', args: [5] } } }],
      ['WorkflowExecutionUpdateCompleted', { meta: { updateId: 'u-1' }, acceptedEventId: 9, outcome: { success: ['was 4'] } }],
    ]);
  }),

  scenario('an update that its validator rejects leaves nothing', { needs }, async (probe) => {
    const run = await waiting(probe);
    const asked = probe.call('UpdateWorkflowExecution', updateRequest(run, 'u-1'));
    const task = await probe.workflowTask();
    await respond(probe, task, reject(task, 'u-1', 'not like this'));
    expectWithin(await asked, { outcome: { failure: { message: 'not like this', applicationFailureInfo: { type: 'Invalid' } } } });
    const events = await probe.history(run);
    assert.ok(!events.some(({ type }) => type.includes('Update')));
  }),

  scenario('an update that fails after its acceptance fails its caller', { needs }, async (probe) => {
    const run = await waiting(probe);
    const asked = probe.call('UpdateWorkflowExecution', updateRequest(run, 'u-1'));
    const task = await probe.workflowTask();
    await respond(probe, task, together(accept(task, 'u-1'), fail('u-1', 'broke')));
    expectWithin(await asked, { stage: stage('COMPLETED'), outcome: { failure: { message: 'broke' } } });
    const events = await probe.history(run);
    expectWithin(events.at(-1), { type: 'WorkflowExecutionUpdateCompleted', outcome: { failure: { message: 'broke' } } });
  }),

  scenario('a caller that waits for acceptance is answered before completion and can poll for the outcome', { needs }, async (probe) => {
    const run = await waiting(probe);
    const asked = probe.call('UpdateWorkflowExecution', updateRequest(run, 'u-1', { wait: 'ACCEPTED' }));
    const task = await probe.workflowTask();
    await respond(probe, task, accept(task, 'u-1'));
    const accepted = await asked;
    assert.equal(accepted.stage, stage('ACCEPTED'));
    assert.ok(absent(accepted.outcome));

    const polled = probe.call('PollWorkflowExecutionUpdate', { updateRef: accepted.updateRef, waitPolicy: { lifecycleStage: stage('COMPLETED') } });
    await probe.signal(run, 'wake');
    await respond(probe, await probe.workflowTask(), succeed('u-1', 'late'));
    expectWithin(await polled, { stage: stage('COMPLETED'), outcome: { success: ['late'] } });
    const events = await probe.history(run);
    expectEvents(events.filter(({ type }) => type.includes('Update')), [
      'WorkflowExecutionUpdateAccepted',
      ['WorkflowExecutionUpdateCompleted', { acceptedEventId: 9 }],
    ]);
  }),

  scenario('the same update id is one update, under way and afterwards', { needs }, async (probe) => {
    const run = await waiting(probe);
    const first = probe.call('UpdateWorkflowExecution', updateRequest(run, 'u-1'));
    const task = await probe.workflowTask();
    const second = probe.call('UpdateWorkflowExecution', updateRequest(run, 'u-1', { args: [2] }));
    await respond(probe, task, together(accept(task, 'u-1'), succeed('u-1', 'once')));
    const third = await probe.call('UpdateWorkflowExecution', updateRequest(run, 'u-1', { args: [3] }));
    for (const answer of [await first, await second, third]) {
      expectWithin(answer, { outcome: { success: ['once'] } });
    }
    const events = await probe.history(run);
    assert.equal(events.filter(({ type }) => type === 'WorkflowExecutionUpdateAccepted').length, 1);
  }),

  scenario('updates come in one task, in the order they were asked', { needs }, async (probe) => {
    const run = await waiting(probe);
    await probe.signal(run, 'wake');
    const busy = await probe.workflowTask();
    const first = probe.call('UpdateWorkflowExecution', updateRequest(run, 'u-1'));
    await admitted(probe, run, 'u-1');
    const second = probe.call('UpdateWorkflowExecution', updateRequest(run, 'u-2'));
    await admitted(probe, run, 'u-2');
    await probe.reply(busy);
    const task = await probe.workflowTask();
    assert.deepEqual(task.messages.map(({ protocolInstanceId }) => protocolInstanceId), ['u-1', 'u-2']);
    const answer = together(accept(task, 'u-1'), succeed('u-1', 1), reject(task, 'u-2', 'no'));
    await respond(probe, task, answer);
    expectWithin(await first, { outcome: { success: [1] } });
    expectWithin(await second, { outcome: { failure: { message: 'no' } } });
    const events = await probe.history(run);
    expectEvents(events.slice(-2), ['WorkflowExecutionUpdateAccepted', 'WorkflowExecutionUpdateCompleted']);
  }),

  scenario('an update that the worker passes over is rejected', { needs }, async (probe) => {
    const run = await waiting(probe);
    const asked = probe.call('UpdateWorkflowExecution', updateRequest(run, 'u-1'));
    const task = await probe.workflowTask();
    await probe.reply(task);
    expectWithin(await asked, { outcome: { failure: { applicationFailureInfo: { type: 'UnprocessedUpdate', nonRetryable: true } } } });
    await probe.history(run);
  }),

  scenario('a workflow that closes under an accepted update fails it', { needs }, async (probe) => {
    const run = await waiting(probe);
    const asked = probe.call('UpdateWorkflowExecution', updateRequest(run, 'u-1', { wait: 'ACCEPTED' }));
    const task = await probe.workflowTask();
    const answer = accept(task, 'u-1');
    await respond(probe, task, answer, [completeWorkflow('gone')]);
    expectWithin(await asked, { outcome: { failure: { applicationFailureInfo: { type: 'AcceptedUpdateCompletedWorkflow' } } } });
    const events = await probe.history(run);
    expectEvents(events.slice(-2), ['WorkflowExecutionUpdateAccepted', 'WorkflowExecutionCompleted']);
  }),

  scenario('an update of a closed or unknown run is refused', { needs }, async (probe) => {
    const run = await probe.start();
    await probe.advance([completeWorkflow()]);
    await probe.refused('UpdateWorkflowExecution', updateRequest(run, 'u-1'), { code: 'NOT_FOUND' });
    await probe.refused('UpdateWorkflowExecution', updateRequest({ workflowId: probe.id('nobody') }, 'u-1'), { code: 'NOT_FOUND' });
    const updateRef = { updateId: 'never asked', workflowExecution: { workflowId: run.workflowId, runId: run.runId } };
    await probe.refused('PollWorkflowExecutionUpdate', { updateRef }, { code: 'NOT_FOUND' });
  }),

  scenario('an update reaches a workflow with its first task', { needs }, async (probe) => {
    const run = await probe.start();
    const asked = probe.call('UpdateWorkflowExecution', updateRequest(run, 'u-1'));
    await admitted(probe, run, 'u-1');
    const task = await probe.workflowTask();
    await respond(probe, task, together(accept(task, 'u-1'), succeed('u-1', 'early')), [completeWorkflow()]);
    expectWithin(await asked, { outcome: { success: ['early'] } });
    await probe.expectHistory(run, [
      ...opening,
      ['WorkflowExecutionUpdateAccepted', { protocolInstanceId: 'u-1' }],
      ['WorkflowExecutionUpdateCompleted', { acceptedEventId: 5 }],
      'WorkflowExecutionCompleted',
    ]);
  }),

  scenario('only ten updates are in flight', { needs: [...needs, 'limits'] }, async (probe) => {
    const run = await waiting(probe);
    await probe.signal(run, 'wake');
    const task = await probe.workflowTask();
    const asked = Array.from({ length: 11 }, (_, index) =>
      probe.call('UpdateWorkflowExecution', updateRequest(run, `u-${index}`)).then(
        (answer) => answer,
        (error) => error,
      ),
    );
    const refusal = await Promise.race(asked);
    assert.equal(refusal.code, 'RESOURCE_EXHAUSTED');
    expectWithin(refusal.details, [{ type: 'ResourceExhaustedFailure', cause: 'RESOURCE_EXHAUSTED_CAUSE_CONCURRENT_LIMIT' }]);
    await probe.reply(task);
    await probe.terminate(run);
    const rest = await Promise.all(asked);
    assert.equal(rest.filter(({ code }) => code === 'RESOURCE_EXHAUSTED').length, 1);
  }),
];
