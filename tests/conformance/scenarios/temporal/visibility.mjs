import assert from 'node:assert/strict';
import { scenario } from '../../runner/scenario.mjs';
import { payload } from '../../temporal/plain.mjs';
import { expectWithin } from '../../temporal/expect.mjs';
import { completeWorkflow, failWorkflow } from '../../temporal/commands.mjs';

const needs = ['visibility'];
const typed = (type, value) => payload(value, { type });

/** Four runs, told apart by everything that a query can ask for; all carry the same mark, which no other scenario uses. */
async function fleet(probe) {
  const mark = probe.id('mark');
  const attributes = (more) => ({ searchAttributes: { indexedFields: { ConformanceKeyword: typed('Keyword', mark), ...more } } });
  const run = (name, type, more) => probe.start({ workflowId: probe.id(name), type, queue: `${probe.queue}-${name}`, ...attributes(more) });
  const runs = {
    alpha: await run('alpha', 'Copy', { ConformanceInt: typed('Int', 1), ConformanceText: typed('Text', 'red green') }),
    beta: await run('beta', 'Copy', { ConformanceInt: typed('Int', 5), ConformanceBool: typed('Bool', true), ConformanceDouble: typed('Double', 2.5) }),
    gamma: await run('gamma', 'Check', { ConformanceInt: typed('Int', 9), ConformanceKeywordList: typed('KeywordList', ['x', 'y']) }),
    delta: await run('delta', 'Check', { ConformanceDatetime: typed('Datetime', '2026-01-02T03:04:05Z') }),
  };
  await probe.advance([completeWorkflow()], { queue: `${probe.queue}-gamma` });
  await probe.advance([failWorkflow('no')], { queue: `${probe.queue}-delta` });
  const here = `ConformanceKeyword = '${mark}'`;
  await probe.until('all four are visible as they are', async () => {
    const { count: seen } = await probe.call('CountWorkflowExecutions', { query: `${here} AND (ExecutionStatus = 'Running' OR CloseTime IS NOT NULL)` });
    const { count: closed } = await probe.call('CountWorkflowExecutions', { query: `${here} AND CloseTime IS NOT NULL` });
    return { holds: seen === 4 && closed === 2, seen: { seen, closed } };
  });
  return { runs, here, mark };
}

export const scenarios = [
  scenario('the query language finds runs by what they are', { needs }, async (probe) => {
    const { runs, here } = await fleet(probe);
    const { startTime } = (await probe.describe(runs.beta)).workflowExecutionInfo;
    const cases = [
      ['', 'alpha beta gamma delta'],
      [`WorkflowId = '${runs.alpha.workflowId}'`, 'alpha'],
      [`WorkflowId IN ('${runs.alpha.workflowId}', '${runs.delta.workflowId}')`, 'alpha delta'],
      [`WorkflowId NOT IN ('${runs.alpha.workflowId}')`, 'beta gamma delta'],
      [`WorkflowId STARTS_WITH '${probe.id('a')}'`, 'alpha'],
      [`WorkflowId != '${runs.alpha.workflowId}'`, 'beta gamma delta'],
      [`RunId = '${runs.beta.runId}'`, 'beta'],
      ["WorkflowType = 'Copy'", 'alpha beta'],
      ["WorkflowType = 'Copy' AND NOT ConformanceInt = 1", 'beta'],
      ["ExecutionStatus = 'Running'", 'alpha beta'],
      ["ExecutionStatus = 'Completed' OR ExecutionStatus = 'Failed'", 'gamma delta'],
      ["ExecutionStatus IN ('Failed', 'Terminated')", 'delta'],
      ['ExecutionStatus = 1', 'alpha beta'],
      [`TaskQueue = '${probe.queue}-gamma'`, 'gamma'],
      [`StartTime >= '${startTime}'`, 'beta gamma delta'],
      [`StartTime BETWEEN '2020-01-01T00:00:00Z' AND '${startTime}'`, 'alpha beta'],
      ["CloseTime > '2020-01-01T00:00:00Z'", 'gamma delta'],
      ['CloseTime IS NULL', 'alpha beta'],
      ['ConformanceInt > 1', 'beta gamma'],
      ['ConformanceInt BETWEEN 1 AND 5', 'alpha beta'],
      ['ConformanceInt IN (1, 9)', 'alpha gamma'],
      ['ConformanceInt IS NULL', 'delta'],
      ['ConformanceDouble = 2.5', 'beta'],
      ['ConformanceBool = true', 'beta'],
      ["ConformanceText = 'green'", 'alpha'],
      ["ConformanceKeywordList = 'y'", 'gamma'],
      ["ConformanceKeywordList IN ('q', 'x')", 'gamma'],
      ["ConformanceDatetime BETWEEN '2026-01-02T03:04:04Z' AND '2026-01-02T03:04:06Z'", 'delta'],
      ["(WorkflowType = 'Copy' OR ConformanceInt IS NULL) AND ConformanceInt != 5", 'alpha'],
      ['HistoryLength > 2', 'gamma delta'],
      ["`WorkflowType` = 'Check' and `ExecutionStatus` = 'Completed'", 'gamma'],
    ];
    const nameOf = Object.fromEntries(Object.entries(runs).map(([name, { workflowId }]) => [workflowId, name]));
    const answers = await Promise.all(
      cases.map(async ([query]) => {
        const { executions = [] } = await probe.call('ListWorkflowExecutions', { query: query ? `${here} AND (${query})` : here });
        return executions.map(({ execution }) => nameOf[execution.workflowId]);
      }),
    );
    const found = Object.fromEntries(cases.map(([query], index) => [query, answers[index].sort().join(' ')]));
    const expected = Object.fromEntries(cases.map(([query, names]) => [query, names.split(' ').sort().join(' ')]));
    assert.deepEqual(found, expected);
  }),

  scenario('a list is told in full, page by page, open runs first and then the latest', { needs }, async (probe) => {
    const { runs, here, mark } = await fleet(probe);
    const { executions } = await probe.call('ListWorkflowExecutions', { query: here });
    const byId = Object.fromEntries(executions.map((each) => [each.execution.workflowId, each]));
    expectWithin(byId[runs.gamma.workflowId], {
      type: { name: 'Check' },
      status: 'WORKFLOW_EXECUTION_STATUS_COMPLETED',
      historyLength: 5,
      taskQueue: `${probe.queue}-gamma`,
      execution: { runId: runs.gamma.runId },
      searchAttributes: { indexedFields: { ConformanceKeyword: { value: mark }, ConformanceInt: { type: 'Int', value: 9 } } },
      closeTime: /^20/,
    });
    assert.deepEqual(
      executions.map(({ execution }) => execution.workflowId),
      [runs.beta, runs.alpha, runs.delta, runs.gamma].map(({ workflowId }) => workflowId),
    );

    const paged = [];
    let nextPageToken;
    do {
      const page = await probe.call('ListWorkflowExecutions', { query: here, pageSize: 3, nextPageToken });
      paged.push(...(page.executions ?? []));
      nextPageToken = page.nextPageToken;
    } while (nextPageToken);
    assert.deepEqual(paged.map(({ execution }) => execution.runId), executions.map(({ execution }) => execution.runId));
  }),

  scenario('a count can be split by status', { needs }, async (probe) => {
    const { here } = await fleet(probe);
    const { count, groups } = await probe.call('CountWorkflowExecutions', { query: `${here} GROUP BY ExecutionStatus` });
    assert.equal(count, 4);
    const split = Object.fromEntries(groups.map(({ groupValues: [status], count: each }) => [status.value ?? status, each]));
    assert.deepEqual(split, { Running: 2, Completed: 1, Failed: 1 });
  }),

  scenario('a query that makes no sense is refused', { needs }, async (probe) => {
    for (const query of [
      'WorkflowId = ',
      "NeverRegistered = 'x'",
      "ConformanceInt = 'seven'",
      "StartTime > 'yesterday'",
      "ExecutionStatus = 'Happy'",
      "WorkflowId = 'a' LIMIT 3",
      "WorkflowId LIKE 'a%'",
      'GROUP BY WorkflowType',
      "WorkflowId = 'a'; drop table executions",
    ]) {
      await probe.refused('ListWorkflowExecutions', { query }, { code: 'INVALID_ARGUMENT' });
      await probe.refused('CountWorkflowExecutions', { query }, { code: 'INVALID_ARGUMENT' });
    }
    await probe.refused('CountWorkflowExecutions', { query: 'GROUP BY WorkflowId' }, { code: 'INVALID_ARGUMENT' });
  }),

  scenario('the search attributes of a namespace are listed with their types', { needs: ['search attributes'] }, async (probe) => {
    const { keys } = await probe.call('GetSearchAttributes');
    expectWithin(keys, {
      WorkflowId: 'INDEXED_VALUE_TYPE_KEYWORD',
      StartTime: 'INDEXED_VALUE_TYPE_DATETIME',
      HistoryLength: 'INDEXED_VALUE_TYPE_INT',
    });
    const listed = await probe.call('ListSearchAttributes', {}, { service: 'operatorService' });
    expectWithin(listed, {
      customAttributes: { ConformanceInt: 'INDEXED_VALUE_TYPE_INT', ConformanceText: 'INDEXED_VALUE_TYPE_TEXT', ConformanceDatetime: 'INDEXED_VALUE_TYPE_DATETIME' },
      systemAttributes: { ExecutionStatus: 'INDEXED_VALUE_TYPE_KEYWORD' },
    });
  }),
];
