import assert from 'node:assert/strict';
import { scenario } from '../../runner/scenario.mjs';
import { expectWithin } from '../../temporal/expect.mjs';
import { completeWorkflow } from '../../temporal/commands.mjs';

const needs = ['namespaces'];

async function register(probe) {
  const namespace = probe.id('space').toLowerCase();
  await probe.call('RegisterNamespace', { namespace, description: 'for a while', ownerEmail: 'a@example.com', workflowExecutionRetentionPeriod: '86400s' });
  await probe.until('the namespace is known', async () => {
    const seen = await probe.call('ListWorkflowExecutions', { namespace }).then(() => true, ({ code }) => code);
    return { holds: seen === true, seen };
  }, 25);
  return namespace;
}

export const scenarios = [
  scenario('a namespace is registered, described by name and by id, listed and updated', { needs }, async (probe) => {
    const namespace = await register(probe);
    const described = await probe.call('DescribeNamespace', { namespace });
    expectWithin(described, {
      namespaceInfo: { name: namespace, state: 'NAMESPACE_STATE_REGISTERED', description: 'for a while', ownerEmail: 'a@example.com' },
      config: { workflowExecutionRetentionTtl: '86400s' },
    });
    const byId = await probe.call('DescribeNamespace', { id: described.namespaceInfo.id, namespace: '' });
    assert.equal(byId.namespaceInfo.name, namespace);

    await probe.call('UpdateNamespace', { namespace, updateInfo: { description: 'for longer' }, config: { workflowExecutionRetentionTtl: '172800s' } });
    await probe.until('the update is seen', async () => {
      const seen = await probe.call('DescribeNamespace', { namespace });
      return { holds: seen.namespaceInfo.description === 'for longer' && seen.config.workflowExecutionRetentionTtl === '172800s', seen };
    });
    const listed = await probe.call('ListNamespaces', { pageSize: 100 });
    assert.ok(listed.namespaces.some(({ namespaceInfo }) => namespaceInfo.name === namespace));
    await probe.refused('RegisterNamespace', { namespace, workflowExecutionRetentionPeriod: '86400s' }, { code: 'ALREADY_EXISTS' });
  }),

  scenario('the same workflow id in two namespaces is two workflows', { needs }, async (probe) => {
    const namespace = await register(probe);
    const here = await probe.start();
    const request = { namespace, ...probe.startRequest({ workflowId: here.workflowId }) };
    const { runId } = await probe.call('StartWorkflowExecution', request);
    assert.notEqual(runId, here.runId);
    await probe.advance([completeWorkflow()]);
    const elsewhere = await probe.call('DescribeWorkflowExecution', { namespace, execution: { workflowId: here.workflowId } });
    expectWithin(elsewhere.workflowExecutionInfo, { execution: { runId }, status: 'WORKFLOW_EXECUTION_STATUS_RUNNING' });
    await probe.call('TerminateWorkflowExecution', { namespace, workflowExecution: { workflowId: here.workflowId } });
  }),

  scenario('an unknown namespace is refused by name', {}, async (probe) => {
    const namespace = probe.id('nowhere').toLowerCase();
    const expected = { code: 'NOT_FOUND', details: [{ type: 'NamespaceNotFoundFailure', namespace }] };
    await probe.refused('DescribeNamespace', { namespace }, { code: 'NOT_FOUND', details: [{ type: 'NamespaceNotFoundFailure' }] });
    await probe.refused('StartWorkflowExecution', { namespace, ...probe.startRequest() }, expected);
    await probe.refused('ListWorkflowExecutions', { namespace }, expected);
    await probe.refused('PollWorkflowTaskQueue', { namespace, taskQueue: { name: probe.queue } }, expected);
    await probe.refused('DescribeWorkflowExecution', { namespace, execution: { workflowId: 'a' } }, expected);
  }),

  scenario('the service says what it is and what it can', {}, async (probe) => {
    const system = await probe.call('GetSystemInfo');
    expectWithin(system.capabilities, {
      signalAndQueryHeader: true,
      internalErrorDifferentiation: true,
      activityFailureIncludeHeartbeat: true,
      encodedFailureAttributes: true,
      sdkMetadata: true,
      upsertMemo: true,
    });
    assert.match(system.serverVersion, /^\d+\.\d+/);
    const cluster = await probe.call('GetClusterInfo');
    assert.match(cluster.serverVersion, /^\d+\.\d+/);
    const health = await probe.call('Check', { service: 'temporal.api.workflowservice.v1.WorkflowService' }, { service: 'healthService' });
    assert.equal(health.status, 'SERVING');
  }),
];
