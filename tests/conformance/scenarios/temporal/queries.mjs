import assert from 'node:assert/strict';
import { scenario } from '../../runner/scenario.mjs';
import { payloads } from '../../temporal/plain.mjs';
import { absent, expectWithin } from '../../temporal/expect.mjs';
import { completeWorkflow, failWorkflow, startTimer } from '../../temporal/commands.mjs';

const needs = ['queries'];
const answered = 'QUERY_RESULT_TYPE_ANSWERED';

function ask(probe, { workflowId, runId }, more = {}, options = {}) {
  const { rejectUnless, ...query } = more;
  return probe.call(
    'QueryWorkflow',
    {
      execution: { workflowId, runId },
      query: { queryType: 'status', queryArgs: payloads('now'), ...query },
      ...(rejectUnless && { queryRejectCondition: `QUERY_REJECT_CONDITION_${rejectUnless}` }),
    },
    options,
  );
}

const answer = (probe, { taskToken }, value) =>
  probe.call('RespondQueryTaskCompleted', { taskToken, completedType: answered, queryResult: payloads(value) });

async function waiting(probe) {
  const run = await probe.start();
  await probe.advance([startTimer('long', 60)]);
  return run;
}

export const scenarios = [
  scenario('a query of an idle run is a task of its own and leaves no event', { needs }, async (probe) => {
    const run = await waiting(probe);
    const asked = ask(probe, run);
    const task = await probe.workflowTask();
    expectWithin(task, { query: { queryType: 'status', queryArgs: ['now'] }, startedEventId: absent, previousStartedEventId: 3 });
    assert.equal(task.history.events.length, 5);
    await answer(probe, task, 'waiting');
    assert.deepEqual((await asked).queryResult, ['waiting']);
    await probe.expectHistory(run, ['WorkflowExecutionStarted', 'WorkflowTaskScheduled', 'WorkflowTaskStarted', 'WorkflowTaskCompleted', 'TimerStarted']);
  }),

  scenario('a query asked while a task is pending comes with that task', { needs }, async (probe) => {
    const run = await waiting(probe);
    await probe.signal(run, 'go');
    const asked = ask(probe, run);
    // The pending task is taken only when the query has had time to join it; it may also come with the next one.
    const task = await probe.workflowTask();
    const [id] = Object.keys(task.queries ?? {});
    if (id) {
      expectWithin(task.queries[id], { queryType: 'status', queryArgs: ['now'] });
      await probe.reply(task, [], { queryResults: { [id]: { resultType: answered, answer: payloads('after the signal') } } });
    } else {
      await probe.reply(task);
      await answer(probe, await probe.workflowTask(), 'after the signal');
    }
    assert.deepEqual((await asked).queryResult, ['after the signal']);
    await probe.history(run);
  }),

  scenario('a query asked during a task is answered after what the task brings', { needs }, async (probe) => {
    const run = await waiting(probe);
    await probe.signal(run, 'first');
    const task = await probe.workflowTask();
    await probe.signal(run, 'second');
    const asked = ask(probe, run);
    await probe.until('the query waits', async () => ({ holds: (await Promise.race([asked, 'waiting'])) === 'waiting', seen: 'answered too early' }));
    await probe.reply(task);
    const next = await probe.workflowTask();
    assert.ok(next.history.events.some(({ type, signalName }) => type === 'WorkflowExecutionSignaled' && signalName === 'second'));
    const [id] = Object.keys(next.queries ?? {});
    if (id) {
      await probe.reply(next, [], { queryResults: { [id]: { resultType: answered, answer: payloads('both seen') } } });
    } else {
      await probe.reply(next);
      await answer(probe, await probe.workflowTask(), 'both seen');
    }
    assert.deepEqual((await asked).queryResult, ['both seen']);
    await probe.history(run);
  }),

  scenario('a closed run still answers', { needs }, async (probe) => {
    const run = await probe.start();
    await probe.advance([completeWorkflow('done')]);
    const asked = ask(probe, run);
    const task = await probe.workflowTask();
    assert.equal(task.history.events.at(-1).type, 'WorkflowExecutionCompleted');
    await answer(probe, task, 'finished');
    assert.deepEqual((await asked).queryResult, ['finished']);
  }),

  scenario('a query may insist on an open or cleanly closed run', { needs }, async (probe) => {
    const completed = await probe.start();
    await probe.advance([completeWorkflow()]);
    expectWithin(await ask(probe, completed, { rejectUnless: 'NOT_OPEN' }), {
      queryRejected: { status: 'WORKFLOW_EXECUTION_STATUS_COMPLETED' },
      queryResult: absent,
    });
    const failed = await probe.start();
    await probe.advance([failWorkflow('no')]);
    expectWithin(await ask(probe, failed, { rejectUnless: 'NOT_COMPLETED_CLEANLY' }), { queryRejected: { status: 'WORKFLOW_EXECUTION_STATUS_FAILED' } });

    const asked = ask(probe, completed, { rejectUnless: 'NOT_COMPLETED_CLEANLY' });
    await answer(probe, await probe.workflowTask(), 'clean');
    assert.deepEqual((await asked).queryResult, ['clean']);
  }),

  scenario('a run that ended before its first task has nothing to tell', { needs }, async (probe) => {
    const run = await probe.start();
    await probe.terminate(run);
    await probe.refused(
      'QueryWorkflow',
      { execution: { workflowId: run.workflowId }, query: { queryType: 'status' } },
      { code: 'FAILED_PRECONDITION', details: [{ type: 'WorkflowNotReadyFailure' }] },
    );
  }),

  scenario('a query on a queue that nobody polls says so before the caller gives up', { needs: [...needs, 'eager start'] }, async (probe) => {
    // An eager start does the first task without any poll.
    const run = await probe.start({ requestEagerExecution: true });
    await probe.reply(run.reply.eagerWorkflowTask, [startTimer('long', 60)]);
    await probe.until('the service says that nobody polls', async () => {
      // It has only the last second before the deadline to say so; a loaded machine may need several tries.
      const seen = await ask(probe, run, {}, { seconds: 4 }).then(() => 'answered', ({ code }) => code);
      return { holds: seen === 'FAILED_PRECONDITION', seen };
    });
  }),

  scenario('a query that its worker does not take lasts until the deadline', { needs }, async (probe) => {
    const { workflowId } = await waiting(probe);
    const request = { execution: { workflowId }, query: { queryType: 'status' } };
    await probe.refused('QueryWorkflow', request, { code: 'DEADLINE_EXCEEDED' }, { seconds: 3 });
  }),

  scenario('a query that the workflow cannot answer fails with the workflow\'s failure', { needs }, async (probe) => {
    const run = await waiting(probe);
    const asked = probe.refused(
      'QueryWorkflow',
      { execution: { workflowId: run.workflowId }, query: { queryType: 'unheard of' } },
      { code: 'INVALID_ARGUMENT', reason: /no such query/, details: [{ type: 'QueryFailedFailure', failure: { message: 'no such query' } }] },
    );
    const { taskToken } = await probe.workflowTask();
    await probe.call('RespondQueryTaskCompleted', {
      taskToken,
      completedType: 'QUERY_RESULT_TYPE_FAILED',
      errorMessage: 'no such query',
      failure: { message: 'no such query', applicationFailureInfo: { type: 'Unknown' } },
    });
    await asked;
  }),

  scenario('a query goes to the sticky worker with no history and to others with all of it', { needs: [...needs, 'sticky'] }, async (probe) => {
    const run = await probe.start();
    const stickyQueue = `${probe.queue}-sticky`;
    const stickyAttributes = { workerTaskQueue: { name: stickyQueue, kind: 'TASK_QUEUE_KIND_STICKY', normalName: probe.queue }, scheduleToStartTimeout: '10s' };
    await probe.advance([startTimer('long', 60)], { stickyAttributes });
    const poll = probe.workflowTask({ queue: stickyQueue, stickyOf: probe.queue });
    await probe.polled(stickyQueue);
    const asked = ask(probe, run);
    const task = await poll;
    // The official core takes a task without a history for a broken one; it has to be there and empty.
    assert.deepEqual(task.history, {});
    await answer(probe, task, 'from the cache');
    assert.deepEqual((await asked).queryResult, ['from the cache']);
  }),
];
