import {
  ActivityCancellationType,
  CancellationScope,
  condition,
  isCancellation,
  patched,
  proxyActivities,
  proxyLocalActivities,
  sleep,
} from '@temporalio/workflow';

const { greet, flaky, refuse, double } = proxyActivities({
  startToCloseTimeout: '20s',
  retry: { initialInterval: '100ms', backoffCoefficient: 1, maximumAttempts: 5 },
});
const { beat, completedElsewhere } = proxyActivities({
  startToCloseTimeout: '30s',
  heartbeatTimeout: '5s',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
});
const { resumeFrom } = proxyActivities({ startToCloseTimeout: '20s', heartbeatTimeout: '5s', retry: { initialInterval: '100ms', backoffCoefficient: 1 } });
const local = proxyLocalActivities({ startToCloseTimeout: '20s', retry: { initialInterval: '50ms', backoffCoefficient: 1 } });

export async function greeting(name) {
  return greet(name);
}

export async function persistent(failures) {
  return flaky(failures);
}

export async function refused() {
  return refuse('no such table');
}

export async function resumed() {
  return resumeFrom();
}

export async function fanOut(count) {
  const doubled = await Promise.all(Array.from({ length: count }, (_, index) => double(index)));
  return doubled.reduce((sum, value) => sum + value, 0);
}

export async function elsewhere() {
  return completedElsewhere();
}

/** Cancels its activity as soon as the activity has begun, and waits for the activity's word on it. */
export async function cancelsItsActivity() {
  const scope = new CancellationScope();
  const beating = scope.run(() => beat());
  await sleep('500ms');
  scope.cancel();
  try {
    return await beating;
  } catch (error) {
    return isCancellation(error) ? 'the activity was cancelled' : 'something else';
  }
}

export async function localOnly(failures) {
  const greeted = await local.greet('local');
  const attempts = await local.flaky(failures);
  return { greeted, attempts };
}

/** Longer than one workflow task may take: the worker has to ask for more time. */
export async function localForLong(milliseconds) {
  return local.linger(milliseconds);
}

export async function patchedPath() {
  const path = patched('new-path') ? 'new' : 'old';
  await sleep(10);
  return path;
}

export async function patient() {
  const inTime = await condition(() => false, '300ms');
  return inTime ? 'met' : 'gave up';
}
