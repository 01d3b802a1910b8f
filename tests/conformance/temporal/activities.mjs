import { ApplicationFailure } from '@temporalio/common';
import { CompleteAsyncError, Context, heartbeat, sleep } from '@temporalio/activity';

/** What the workflows call. `waiting` is told the token of an activity that completes elsewhere. */
export function activities({ waiting }) {
  return {
    async greet(name) {
      return `hello, ${name}`;
    },

    async double(value) {
      return value * 2;
    },

    async flaky(failures) {
      const { attempt } = Context.current().info;
      if (attempt <= failures) {
        throw ApplicationFailure.create({ message: `attempt ${attempt}`, type: 'Weather' });
      }
      return attempt;
    },

    async refuse(reason) {
      throw ApplicationFailure.nonRetryable(reason, 'Refused', { table: 'orders' });
    },

    async beat() {
      for (;;) {
        heartbeat('alive');
        await sleep(100);
      }
    },

    /** Fails once after its checkpoint; the next attempt goes on from there. */
    async resumeFrom() {
      const { heartbeatDetails, attempt } = Context.current().info;
      if (attempt === 1) {
        heartbeat({ done: 10 });
        throw ApplicationFailure.create({ message: 'connection lost', type: 'Weather' });
      }
      return heartbeatDetails;
    },

    async completedElsewhere() {
      const { taskToken, workflowExecution } = Context.current().info;
      waiting(workflowExecution.workflowId, taskToken);
      throw new CompleteAsyncError();
    },

    async linger(milliseconds) {
      await sleep(milliseconds);
      return 'rested';
    },
  };
}
