import {
  allHandlersFinished,
  condition,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  sleep,
  upsertMemo,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import { defineSearchAttributeKey } from '@temporalio/common';
import { add, finish, set, total } from './signals.mjs';

const { greet } = proxyActivities({ startToCloseTimeout: '20s' });

/** A number that signals add to, updates set and queries read, until it is told to finish. */
export async function ledger() {
  let value = 0;
  let over = false;
  setHandler(add, (more) => {
    value += more;
  });
  setHandler(total, () => value);
  setHandler(
    set,
    async (wanted) => {
      const before = value;
      await greet('an update');
      value = wanted;
      return before;
    },
    {
      validator: (wanted) => {
        if (wanted < 0) {
          throw new Error('A total is never negative.');
        }
      },
    },
  );
  setHandler(finish, () => {
    over = true;
  });
  await condition(() => over);
  await condition(allHandlersFinished);
  return value;
}

export async function tellsOfItself() {
  setCurrentDetails('half of the **rows** are copied');
  upsertMemo({ phase: 'copying', owner: null });
  upsertSearchAttributes([
    { key: defineSearchAttributeKey('ConformanceKeyword', 'KEYWORD'), value: 'silver' },
    { key: defineSearchAttributeKey('ConformanceInt', 'INT'), value: 42 },
  ]);
  let over = false;
  setHandler(finish, () => {
    over = true;
  });
  await condition(() => over);
}

/** Fails its workflow tasks, not itself: an error that is no failure is a bug of the worker's. */
export async function buggy() {
  throw new TypeError('undefined is not a table');
}

/** Sleeps and remembers, so that a replay has something to get wrong. */
export async function slowCount(steps) {
  let value = 0;
  setHandler(total, () => value);
  for (let step = 0; step < steps; step += 1) {
    await sleep('200ms');
    value += Number((await greet(String(step))).length > 0);
  }
  return value;
}
