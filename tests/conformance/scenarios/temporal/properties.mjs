import { scenario } from '../../runner/scenario.mjs';
import { payload } from '../../temporal/plain.mjs';
import { expectWithin } from '../../temporal/expect.mjs';
import { completeWorkflow, modifyMemo, startTimer, upsertSearchAttributes } from '../../temporal/commands.mjs';

const opening = ['WorkflowExecutionStarted', 'WorkflowTaskScheduled', 'WorkflowTaskStarted', 'WorkflowTaskCompleted'];
const typed = (type, value) => payload(value, { type });

export const scenarios = [
  scenario('search attributes of every type are upserted and described', { needs: ['search attributes'] }, async (probe) => {
    const run = await probe.start({ searchAttributes: { indexedFields: { ConformanceInt: typed('Int', 1) } } });
    const values = {
      ConformanceKeyword: typed('Keyword', 'gold'),
      ConformanceText: typed('Text', 'some words'),
      ConformanceInt: typed('Int', 7),
      ConformanceDouble: typed('Double', 1.5),
      ConformanceBool: typed('Bool', true),
      ConformanceDatetime: typed('Datetime', '2026-01-02T03:04:05Z'),
      ConformanceKeywordList: typed('KeywordList', ['a', 'b']),
    };
    await probe.advance([upsertSearchAttributes(values), completeWorkflow()]);
    const expected = {
      ConformanceKeyword: { type: 'Keyword', value: 'gold' },
      ConformanceText: { type: 'Text', value: 'some words' },
      ConformanceInt: { type: 'Int', value: 7 },
      ConformanceDouble: { type: 'Double', value: 1.5 },
      ConformanceBool: { type: 'Bool', value: true },
      ConformanceDatetime: { type: 'Datetime', value: '2026-01-02T03:04:05Z' },
      ConformanceKeywordList: { type: 'KeywordList', value: ['a', 'b'] },
    };
    await probe.expectHistory(run, [
      ...opening,
      ['UpsertWorkflowSearchAttributes', { searchAttributes: { indexedFields: expected }, workflowTaskCompletedEventId: 4 }],
      'WorkflowExecutionCompleted',
    ]);
    const { workflowExecutionInfo } = await probe.describe(run);
    expectWithin(workflowExecutionInfo.searchAttributes.indexedFields, expected);
  }),

  scenario('a search attribute is taken away by a null', { needs: ['search attributes'] }, async (probe) => {
    const run = await probe.start({ searchAttributes: { indexedFields: { ConformanceKeyword: typed('Keyword', 'gold'), ConformanceInt: typed('Int', 1) } } });
    await probe.advance([upsertSearchAttributes({ ConformanceKeyword: payload(null) }), completeWorkflow()]);
    const { workflowExecutionInfo } = await probe.describe(run);
    expectWithin(workflowExecutionInfo.searchAttributes.indexedFields, { ConformanceKeyword: undefined, ConformanceInt: { value: 1 } });
    await probe.history(run);
  }),

  scenario('an unknown search attribute or one of the wrong type is a bad command', { needs: ['search attributes'] }, async (probe) => {
    for (const fields of [{ NeverRegistered: typed('Keyword', 'x') }, { ConformanceInt: typed('Int', 'no number') }]) {
      const [name] = Object.keys(fields);
      const queue = `${probe.queue}-${name}`;
      const run = await probe.start({ queue });
      const task = await probe.workflowTask({ queue });
      const commands = [upsertSearchAttributes(fields)];
      await probe.refused('RespondWorkflowTaskCompleted', { taskToken: task.taskToken, commands }, { code: 'INVALID_ARGUMENT' });
      const events = await probe.history(run, name);
      expectWithin(events[3], { type: 'WorkflowTaskFailed', cause: 'WORKFLOW_TASK_FAILED_CAUSE_BAD_SEARCH_ATTRIBUTES' });
    }
  }),

  scenario('a memo is merged, and a null takes a key away', {}, async (probe) => {
    const run = await probe.start({ memo: { fields: { kept: payload(1), replaced: payload(2), removed: payload(3) } } });
    await probe.advance([modifyMemo({ replaced: payload(20), removed: payload(null), added: payload(4) }), startTimer('long', 60)]);
    await probe.expectHistory(run, [
      ...opening,
      ['WorkflowPropertiesModified', { upsertedMemo: { fields: { replaced: 20, added: 4, removed: null } }, workflowTaskCompletedEventId: 4 }],
      'TimerStarted',
    ]);
    const { workflowExecutionInfo } = await probe.describe(run);
    expectWithin(workflowExecutionInfo.memo.fields, { kept: 1, replaced: 20, removed: undefined, added: 4 });
  }),
];
