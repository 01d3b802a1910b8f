import assert from 'node:assert/strict';
import { scenario } from '../../runner/scenario.mjs';
import { payload, payloads } from '../../temporal/plain.mjs';
import { startTimer } from '../../temporal/commands.mjs';

const invalid = { code: 'INVALID_ARGUMENT' };
const missing = { code: 'NOT_FOUND' };
const tooLong = 'x'.repeat(1001);

export const scenarios = [
  scenario('a start that lacks something or says nonsense starts nothing', {}, async (probe) => {
    for (const wrong of [
      { workflowId: '' },
      { workflowType: { name: '' } },
      { taskQueue: { name: '' } },
      { requestId: tooLong },
      { workflowId: tooLong },
      { workflowType: { name: tooLong } },
      { taskQueue: { name: tooLong } },
      { workflowRunTimeout: '-1s' },
      { workflowTaskTimeout: '-1s' },
      { retryPolicy: { backoffCoefficient: 0.5 } },
      { retryPolicy: { initialInterval: '-1s' } },
      { retryPolicy: { maximumAttempts: -1 } },
      { retryPolicy: { initialInterval: '10s', maximumInterval: '1s' } },
      { cronSchedule: 'now and then' },
      { cronSchedule: '@every 1h', workflowStartDelay: '1s' },
      { workflowStartDelay: '-1s' },
      { workflowIdReusePolicy: 'WORKFLOW_ID_REUSE_POLICY_TERMINATE_IF_RUNNING', workflowIdConflictPolicy: 'WORKFLOW_ID_CONFLICT_POLICY_FAIL' },
      { searchAttributes: { indexedFields: { NeverRegistered: payload('x', { type: 'Keyword' }) } } },
      { searchAttributes: { indexedFields: { ConformanceInt: payload('x', { type: 'Int' }) } } },
    ]) {
      const request = { ...probe.startRequest(), ...wrong };
      await probe.refused('StartWorkflowExecution', request, invalid);
      if (request.workflowId && request.workflowId !== tooLong) {
        await probe.refused('DescribeWorkflowExecution', { execution: { workflowId: request.workflowId } }, missing);
      }
    }
  }),

  scenario('what is not there is not found', {}, async (probe) => {
    const nobody = { workflowId: probe.id('nobody') };
    const query = { queryType: 'status' };
    await probe.refused('DescribeWorkflowExecution', { execution: nobody }, missing);
    await probe.refused('GetWorkflowExecutionHistory', { execution: nobody }, missing);
    await probe.refused('SignalWorkflowExecution', { workflowExecution: nobody, signalName: 'go' }, missing);
    await probe.refused('RequestCancelWorkflowExecution', { workflowExecution: nobody }, missing);
    await probe.refused('TerminateWorkflowExecution', { workflowExecution: nobody }, missing);
    await probe.refused('QueryWorkflow', { execution: nobody, query }, missing);
    const otherRun = { workflowId: (await probe.start()).workflowId, runId: '01234567-89ab-cdef-0123-456789abcdef' };
    await probe.refused('DescribeWorkflowExecution', { execution: otherRun }, missing);
    await probe.refused('SignalWorkflowExecution', { workflowExecution: otherRun, signalName: 'go' }, missing);
  }),

  scenario('a run id that is none, an empty id and an empty name are refused', {}, async (probe) => {
    const { workflowId } = await probe.start();
    const noRun = { workflowId, runId: 'not a run id' };
    await probe.refused('DescribeWorkflowExecution', { execution: noRun }, invalid);
    await probe.refused('SignalWorkflowExecution', { workflowExecution: noRun, signalName: 'go' }, invalid);
    await probe.refused('GetWorkflowExecutionHistory', { execution: noRun }, invalid);
    await probe.refused('DescribeWorkflowExecution', { execution: { workflowId: '' } }, invalid);
    await probe.refused('SignalWorkflowExecution', { workflowExecution: { workflowId }, signalName: '' }, invalid);
    await probe.refused('SignalWorkflowExecution', { workflowExecution: { workflowId }, signalName: tooLong }, invalid);
    await probe.refused('QueryWorkflow', { execution: { workflowId } }, invalid);
    await probe.refused('PollWorkflowTaskQueue', { taskQueue: { name: '' } }, invalid);
    await probe.refused('PollActivityTaskQueue', { taskQueue: { name: tooLong } }, invalid);
    await probe.refused('TerminateWorkflowExecution', {}, invalid);
    await probe.expectHistory({ workflowId }, ['WorkflowExecutionStarted', 'WorkflowTaskScheduled']);
  }),

  scenario('a task token that is none is refused', {}, async (probe) => {
    const none = Buffer.from('no token at all').toString('base64');
    const failure = { message: 'x', applicationFailureInfo: {} };
    for (const taskToken of [none, '']) {
      await probe.refused('RespondWorkflowTaskCompleted', { taskToken }, invalid);
      await probe.refused('RespondWorkflowTaskFailed', { taskToken, failure }, invalid);
      await probe.refused('RespondActivityTaskCompleted', { taskToken }, invalid);
      await probe.refused('RespondActivityTaskFailed', { taskToken, failure }, invalid);
      await probe.refused('RespondActivityTaskCanceled', { taskToken }, invalid);
      await probe.refused('RecordActivityTaskHeartbeat', { taskToken }, invalid);
      await probe.refused('RespondQueryTaskCompleted', { taskToken, completedType: 'QUERY_RESULT_TYPE_ANSWERED' }, invalid);
    }
  }),

  scenario('bytes that are no message are refused and the connection lives on', {}, async (probe) => {
    const error = await probe.callRaw('StartWorkflowExecution', Buffer.from([0xff, 0xff, 0xff, 0xff, 0x07])).then(
      () => assert.fail('accepted'),
      (refusal) => refusal,
    );
    assert.ok(['INTERNAL', 'INVALID_ARGUMENT'].includes(error.code), error.message);
    await probe.call('GetSystemInfo');
  }),

  scenario('a method that is not there is unimplemented', {}, async (probe) => {
    const error = await probe.callRaw('MakeCoffee', Buffer.alloc(0)).then(
      () => assert.fail('accepted'),
      (refusal) => refusal,
    );
    assert.equal(error.code, 'UNIMPLEMENTED');
  }),

  scenario('a worker that answers a query that was never asked, or twice, is refused', { needs: ['queries'] }, async (probe) => {
    const run = await probe.start();
    await probe.advance([startTimer('long', 60)]);
    const asked = probe.call('QueryWorkflow', { execution: { workflowId: run.workflowId }, query: { queryType: 'status' } });
    const { taskToken } = await probe.workflowTask();
    const response = { taskToken, completedType: 'QUERY_RESULT_TYPE_ANSWERED', queryResult: payloads('once') };
    await probe.call('RespondQueryTaskCompleted', response);
    assert.deepEqual((await asked).queryResult, ['once']);
    await probe.refused('RespondQueryTaskCompleted', response, missing);
  }),
];
