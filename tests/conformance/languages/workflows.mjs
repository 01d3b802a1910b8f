import { condition, defineQuery, defineSignal, defineUpdate, patched, proxyActivities, setHandler, sleep } from '@temporalio/workflow';

/** The same workflow as in tests/Sdk/Languages/Cargo.workflow.cs: each must replay what the other has done. */
export async function Cargo({ stampQueue }) {
  const items = [];
  let name = 'unnamed';
  let departs = false;
  setHandler(defineSignal('Load'), (item, count) => {
    items.push(...Array(count).fill(item));
  });
  setHandler(defineSignal('Depart'), () => {
    departs = true;
  });
  setHandler(defineQuery('Weight'), () => items.length);
  setHandler(
    defineUpdate('Rename'),
    (to) => {
      const from = name;
      name = to;
      return from;
    },
    {
      validator: (to) => {
        if (to === '') {
          throw new Error('a ship needs a name');
        }
      },
    },
  );

  await condition(() => departs);
  if (patched('slow-harbour')) {
    await sleep(10);
  }
  const { Stamp } = proxyActivities({ taskQueue: stampQueue, startToCloseTimeout: '10s', retry: { maximumAttempts: 1 } });
  return { name, items, stamp: await Stamp(name, items.length) };
}
