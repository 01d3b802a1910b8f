import assert from 'node:assert/strict';
import { scenario } from '../../runner/scenario.mjs';
import { expectEvents, expectWithin } from '../../temporal/expect.mjs';

export const scenarios = [
  scenario('a second worker takes over where the first stopped', { needs: ['sticky', 'queries'] }, async (probe) => {
    const first = await probe.worker();
    const handle = await probe.begin('ledger', [], { taskQueue: probe.queue });
    await handle.signal('add', 1);
    assert.equal(await handle.query('total'), 1);
    await first.shutdown();
    await handle.signal('add', 2);
    await probe.worker();
    assert.equal(await handle.query('total'), 3);
    await handle.signal('finish');
    assert.equal(await handle.result(), 3);
    const events = await probe.events(handle.run);
    assert.ok(!events.some(({ type }) => type === 'WorkflowTaskFailed'), 'a task failed');
    await probe.replay(handle);
  }),

  scenario('a worker without a cache replays every task', {}, async (probe) => {
    await probe.worker({ maxCachedWorkflows: 0 });
    const handle = await probe.begin('slowCount', [4], { taskQueue: probe.queue });
    assert.equal(await handle.result(), 4);
    const events = await probe.history(handle.run);
    expectEvents(
      events.filter(({ type }) => type === 'WorkflowTaskScheduled'),
      Array.from({ length: 9 }, () => ['WorkflowTaskScheduled', { taskQueue: { name: probe.queue, kind: 'TASK_QUEUE_KIND_NORMAL' } }]),
    );
    await probe.replay(handle);
  }),

  scenario('a bug in a workflow fails its tasks, not the workflow', {}, async (probe) => {
    await probe.worker();
    const handle = await probe.begin('buggy', [], { taskQueue: probe.queue });
    const pending = await probe.until('the task has been tried again', async () => {
      const { pendingWorkflowTask: seen } = await probe.describe(handle.run);
      return { holds: seen?.attempt >= 2, seen };
    });
    assert.ok(pending.attempt >= 2);
    await probe.terminate(handle.run);
    const events = await probe.events(handle.run);
    expectWithin(events[3], {
      type: 'WorkflowTaskFailed',
      cause: 'WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE',
      failure: { message: /undefined is not a table/ },
    });
    assert.equal(events.filter(({ type }) => type === 'WorkflowTaskFailed').length <= 2, true, 'every attempt was written');
  }),

  scenario('forty workflows at once all come to their end', {}, async (probe) => {
    const handles = await Promise.all(Array.from({ length: 40 }, (_, index) => probe.begin('greeting', [String(index)])));
    const results = await Promise.all(handles.map((handle) => handle.result()));
    assert.deepEqual(results, handles.map((_, index) => `hello, ${index}`));
    for (const { run } of handles) {
      const events = await probe.events(run);
      expectEvents(
        events.filter(({ type }) => !type.startsWith('WorkflowTask')),
        ['WorkflowExecutionStarted', 'ActivityTaskScheduled', 'ActivityTaskStarted', 'ActivityTaskCompleted', 'WorkflowExecutionCompleted'],
      );
    }
  }),

  scenario('a schedule of the official client starts a workflow of the official worker', { needs: ['schedules'] }, async (probe) => {
    const client = await probe.client();
    const workflowId = probe.id('run');
    const schedule = await client.schedule.create({
      scheduleId: probe.id(),
      spec: { calendars: [{ hour: 3 }] },
      action: { type: 'startWorkflow', workflowType: 'greeting', args: ['schedule'], workflowId, taskQueue: await probe.sharedQueue() },
      state: { note: 'nightly' },
    });
    await schedule.trigger();
    const { info } = await probe.until('the action is told', async () => {
      const seen = await schedule.describe();
      return { holds: seen.info.recentActions.length === 1, seen };
    });
    const { workflow } = info.recentActions[0].action;
    assert.equal(await client.workflow.getHandle(workflow.workflowId).result(), 'hello, schedule');
    await schedule.pause('freeze');
    await probe.until('it is paused', async () => {
      const { state: seen } = await schedule.describe();
      return { holds: seen.paused && seen.note === 'freeze', seen };
    });
    await schedule.delete();
  }),

  scenario('the official client lists and counts what it started', { needs: ['visibility'] }, async (probe) => {
    const client = await probe.client();
    const handle = await probe.begin('greeting', ['list'], { memo: { plan: 'blueprint' } });
    await handle.result();
    const query = `WorkflowId = '${handle.workflowId}' AND ExecutionStatus = 'Completed'`;
    await probe.until('it is listed', async () => {
      const { count: seen } = await client.workflow.count(query);
      return { holds: seen === 1, seen };
    });
    const listed = [];
    for await (const info of client.workflow.list({ query })) {
      listed.push(info);
    }
    expectWithin(listed, [{ workflowId: handle.workflowId, runId: handle.firstExecutionRunId, type: 'greeting', memo: { plan: 'blueprint' }, status: { name: 'COMPLETED' } }]);
  }),
];
