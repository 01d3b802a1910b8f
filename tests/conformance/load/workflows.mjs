import { condition, defineSignal, defineUpdate, executeChild, proxyActivities, setHandler, sleep, workflowInfo } from '@temporalio/workflow';

// Time-outs are short: whatever a killed worker held has to come back soon.
const { increase } = proxyActivities({
  startToCloseTimeout: '3s',
  retry: { initialInterval: '100ms', backoffCoefficient: 1, maximumInterval: '100ms' },
});

/** A bit of everything; the result tells whether each part happened exactly once. */
export async function mixed(number, signals, updates) {
  const seen = { signals: [], updates: [] };
  setHandler(defineSignal('note'), (value) => {
    seen.signals.push(value);
  });
  setHandler(defineUpdate('change'), async (value) => {
    const increased = await increase(value);
    seen.updates.push(value);
    return increased;
  });
  const first = await increase(number);
  await sleep(500 + (number % 7) * 300);
  const child = await executeChild('doubled', { args: [number], workflowId: `${workflowInfo().workflowId}-child`, workflowTaskTimeout: '2s' });
  const fan = await Promise.all([increase(first), increase(child)]);
  await condition(() => seen.signals.length >= signals && seen.updates.length >= updates);
  return [first, child, ...fan, seen.signals.toSorted(), seen.updates.toSorted()];
}

export async function doubled(number) {
  await sleep('200ms');
  return (await increase(number - 1)) * 2;
}
