import {
  ApplicationFailure,
  CancellationScope,
  ChildWorkflowCancellationType,
  condition,
  continueAsNew,
  executeChild,
  getExternalWorkflowHandle,
  isCancellation,
  ParentClosePolicy,
  proxyActivities,
  setHandler,
  sleep,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import { finish } from './signals.mjs';

const { greet } = proxyActivities({ startToCloseTimeout: '20s' });

export async function parentOf(count) {
  const children = Array.from({ length: count }, (_, index) =>
    executeChild('oneOf', { args: [index], workflowId: `${workflowInfo().workflowId}-child-${index}` }),
  );
  return Promise.all(children);
}

export async function oneOf(index) {
  return `${index} of ${workflowInfo().parent.workflowId.length > 0 ? 'a family' : 'none'}`;
}

export async function parentOfAFailure() {
  try {
    await executeChild('fails', { workflowId: `${workflowInfo().workflowId}-child` });
    return 'no failure';
  } catch (error) {
    return { kind: error.constructor.name, cause: error.cause.message, type: error.cause.type };
  }
}

export async function fails() {
  throw ApplicationFailure.create({ message: 'it broke', type: 'Broken', details: [{ code: 7 }], nonRetryable: true });
}

export async function cancelsItsChild() {
  const scope = new CancellationScope();
  const child = scope.run(() =>
    executeChild('waits', {
      workflowId: `${workflowInfo().workflowId}-child`,
      cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
    }),
  );
  await sleep('300ms');
  scope.cancel();
  return child.then(
    () => 'finished',
    (error) => (isCancellation(error) ? 'the child was cancelled' : String(error)),
  );
}

export async function leavesAChild() {
  const child = await startChild('waits', {
    workflowId: `${workflowInfo().workflowId}-child`,
    parentClosePolicy: ParentClosePolicy.ABANDON,
  });
  return child.firstExecutionRunId;
}

/** Waits to be told that it is over; cleans up when it is cancelled instead. */
export async function waits() {
  let over;
  setHandler(finish, (value) => (over = value));
  try {
    await condition(() => over !== undefined);
    return over;
  } catch (error) {
    if (isCancellation(error)) {
      await CancellationScope.nonCancellable(() => greet('the cleaner'));
    }
    throw error;
  }
}

export async function tellsAnother(workflowId, value) {
  await getExternalWorkflowHandle(workflowId).signal(finish, value);
  return 'told';
}

export async function cancelsAnother(workflowId) {
  await getExternalWorkflowHandle(workflowId).cancel();
  return 'asked';
}

export async function chain(left, sum = 0) {
  if (left > 0) {
    await continueAsNew(left - 1, sum + left);
  }
  return sum;
}

/** Fails in its first run; its retry policy gives it a second. */
export async function secondTimeLucky() {
  const { attempt } = workflowInfo();
  if (attempt === 1) {
    throw ApplicationFailure.create({ message: 'not yet', type: 'Weather' });
  }
  return attempt;
}
