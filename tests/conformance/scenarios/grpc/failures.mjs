import assert from 'node:assert/strict';
import { status } from '@grpc/grpc-js';
import { Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import protos from '@temporalio/proto';
import { scenario } from '../../runner/scenario.mjs';

const { google, temporal } = protos;

function startRequest(requestId) {
  return { workflowId: 'w', requestId, workflowType: { name: 't' }, taskQueue: { name: 'q' } };
}

async function failureOf(call) {
  try {
    await call;
  } catch (failure) {
    return failure;
  }
  throw new assert.AssertionError({ message: 'The call succeeded.' });
}

async function expectAlive(connection) {
  const { serverVersion } = await connection.workflowService.getSystemInfo({});
  assert.equal(serverVersion, '1.2.3');
}

export const scenarios = [
  scenario('an error becomes the SDK error that its typed detail names', {}, async (probe) => {
    const client = new Client({ connection: await probe.connect() });
    const failure = await failureOf(client.workflow.start('t', { workflowId: 'w', taskQueue: 'q' }));
    assert.ok(failure instanceof WorkflowExecutionAlreadyStartedError, String(failure));
  }),

  scenario('code, text and typed details of an error arrive as they were sent', {}, async (probe) => {
    const connection = await probe.connect();
    const failure = await failureOf(connection.workflowService.startWorkflowExecution(startRequest('r')));
    assert.equal(failure.code, status.ALREADY_EXISTS);
    assert.equal(failure.details, "Workflow 'w' läuft schon: 100%");

    const sent = google.rpc.Status.decode(failure.metadata.get('grpc-status-details-bin')[0]);
    assert.equal(sent.code, status.ALREADY_EXISTS);
    assert.equal(sent.details[0].type_url, 'type.googleapis.com/temporal.api.errordetails.v1.WorkflowExecutionAlreadyStartedFailure');
    const detail = temporal.api.errordetails.v1.WorkflowExecutionAlreadyStartedFailure.decode(sent.details[0].value);
    assert.deepEqual({ ...detail }, { startRequestId: 'r', runId: 'run-1' });
  }),

  scenario('details that fill a header block arrive, larger ones are left out', {}, async (probe) => {
    const connection = await probe.connect();
    for (const [size, expected] of [[30_000, 1], [100_000, 0]]) {
      const failure = await failureOf(connection.workflowService.startWorkflowExecution(startRequest('x'.repeat(size))));
      assert.equal(failure.code, status.ALREADY_EXISTS);
      assert.equal(failure.metadata.get('grpc-status-details-bin').length, expected);
    }
  }),

  scenario('an unserved method and an unserved service are unimplemented by name', {}, async (probe) => {
    const connection = await probe.connect();
    const method = await failureOf(connection.workflowService.updateWorkflowExecution({}));
    assert.equal(method.code, status.UNIMPLEMENTED);
    assert.match(method.details, /UpdateWorkflowExecution/);
    const service = await failureOf(connection.operatorService.listSearchAttributes({}));
    assert.equal(service.code, status.UNIMPLEMENTED);
    assert.match(service.details, /temporal\.api\.operatorservice\.v1\.OperatorService/);
    await expectAlive(connection);
  }),

  scenario('a request beyond the limit is refused and the connection stays', {}, async (probe) => {
    const connection = await probe.connect();
    const failure = await failureOf(connection.workflowService.respondActivityTaskCompleted({ taskToken: Buffer.alloc(5_000_000, 7) }));
    assert.equal(failure.code, status.RESOURCE_EXHAUSTED);
    assert.match(failure.details, /^grpc: received message larger than max/);
    await expectAlive(connection);
  }),

  scenario('the core does not repeat a request beyond the limit', {}, async (probe) => {
    const connection = await probe.connectCore();
    const started = Date.now();
    const failure = await failureOf(connection.workflowService.respondActivityTaskCompleted({ taskToken: Buffer.alloc(5_000_000, 7) }));
    assert.equal(failure.code, status.RESOURCE_EXHAUSTED);
    // Repeating would take its ten seconds.
    assert.ok(Date.now() - started < 8000);
  }),

  scenario('a bug of the server tells nothing of its inside', {}, async (probe) => {
    const connection = await probe.connect();
    const failure = await failureOf(connection.workflowService.countWorkflowExecutions({ query: 'bug' }));
    assert.equal(failure.code, status.INTERNAL);
    assert.doesNotMatch(failure.message, /secret/);
    await expectAlive(connection);
  }),
];
