import assert from 'node:assert/strict';
import { scheduleActivity } from './commands.mjs';

/** A run that waits for one activity, and what an operator names the activity by. */
export async function begin(probe, attributes) {
  const run = await probe.start();
  await probe.advance([scheduleActivity('a', probe.queue, attributes)]);
  const target = { execution: { workflowId: run.workflowId, runId: run.runId }, id: 'a', identity: 'operator' };
  return { run, target };
}

/** The queue is polled for a moment and gives nothing. */
export async function nothingToTake(probe) {
  await assert.rejects(probe.activityTask({ seconds: 2 }), /gave no task/);
}
