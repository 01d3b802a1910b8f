import { scenario } from '../../runner/scenario.mjs';
import { completeWorkflow } from '../../temporal/commands.mjs';

const needs = ['delete'];

async function gone(probe, { workflowId, runId }) {
  await probe.until('the run is gone', async () => {
    const seen = await probe.describe({ workflowId, runId }).catch((error) => error.code);
    return { holds: seen === 'NOT_FOUND', seen };
  }, 75);
  await probe.refused('GetWorkflowExecutionHistory', { execution: { workflowId, runId } }, { code: 'NOT_FOUND' });
  await probe.until('the list has forgotten it', async () => {
    const { count: seen } = await probe.call('CountWorkflowExecutions', { query: `WorkflowId = '${workflowId}' AND RunId = '${runId}'` });
    return { holds: seen === 0 || seen === undefined, seen };
  });
}

export const scenarios = [
  // A service may wait until the run's closing is processed everywhere before it deletes.
  scenario('a closed run is deleted with its history', { needs, seconds: 85 }, async (probe) => {
    const run = await probe.start();
    await probe.advance([completeWorkflow()]);
    await probe.call('DeleteWorkflowExecution', { workflowExecution: { workflowId: run.workflowId, runId: run.runId } });
    await gone(probe, run);
  }),

  scenario('a running run is terminated and deleted', { needs }, async (probe) => {
    const run = await probe.start();
    await probe.call('DeleteWorkflowExecution', { workflowExecution: { workflowId: run.workflowId } });
    await gone(probe, run);
    const fresh = await probe.start({ workflowId: run.workflowId });
    await probe.advance([completeWorkflow()]);
    await probe.history(fresh);
  }),

  scenario('what is not there cannot be deleted', { needs }, async (probe) => {
    await probe.refused('DeleteWorkflowExecution', { workflowExecution: { workflowId: probe.id('nobody') } }, { code: 'NOT_FOUND' });
  }),
];
