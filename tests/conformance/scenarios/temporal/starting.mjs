import assert from 'node:assert/strict';
import { scenario } from '../../runner/scenario.mjs';
import { completeWorkflow } from '../../temporal/commands.mjs';

export const scenarios = [
  scenario('a start writes the started event and the first workflow task', {}, async (probe) => {
    const run = await probe.start({ input: 'hello', workflowRunTimeout: '60s' });
    assert.equal(run.reply.started, true);
    const task = await probe.advance([completeWorkflow('done')]);
    assert.equal(task.attempt, 1);

    await probe.expectHistory(run, [
      [
        'WorkflowExecutionStarted',
        {
          workflowType: { name: 'byHand' },
          taskQueue: { name: probe.queue },
          input: ['hello'],
          workflowRunTimeout: '60s',
          workflowTaskTimeout: '10s',
          originalExecutionRunId: run.runId,
          firstExecutionRunId: run.runId,
          attempt: 1,
          workflowId: run.workflowId,
        },
      ],
      ['WorkflowTaskScheduled', { taskQueue: { name: probe.queue }, startToCloseTimeout: '10s', attempt: 1 }],
      ['WorkflowTaskStarted', { scheduledEventId: 2 }],
      ['WorkflowTaskCompleted', { scheduledEventId: 2, startedEventId: 3 }],
      ['WorkflowExecutionCompleted', { result: ['done'], workflowTaskCompletedEventId: 4 }],
    ]);
  }),
];
