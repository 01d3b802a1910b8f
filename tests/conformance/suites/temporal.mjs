import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { Probe } from '../temporal/probe.mjs';
import { call } from '../temporal/wire.mjs';
import { Workers } from '../temporal/workers.mjs';

const searchAttributes = Object.fromEntries(
  ['Keyword', 'Text', 'Int', 'Double', 'Bool', 'Datetime', 'KeywordList'].map((type) => [
    `Conformance${type}`,
    `INDEXED_VALUE_TYPE_${type.replace(/(?<!^)[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`,
  ]),
);

/** The suite of Temporal's own semantics, against any frontend. */
export async function open({ address, namespace = 'default' }) {
  const target = {
    address,
    namespace,
    nonce: `c${randomBytes(4).toString('hex')}`,
    // No retries: a scenario asserts the first answer.
    connection: await Connection.connect({ address, interceptors: [] }),
  };

  target.workers = new Workers(target);
  await registerSearchAttributes(target);

  return {
    nonce: target.nonce,
    probe: (scenario) => new Probe(target, scenario),
    close: async () => {
      await target.workers.close();
      await target.connection.close();
    },
  };
}

async function registerSearchAttributes({ connection, namespace }) {
  try {
    await call(connection, 'operatorService', 'AddSearchAttributes', { namespace, searchAttributes });
  } catch (error) {
    // A service without them fails the scenarios that need them, not the whole suite.
    if (error.code !== 'ALREADY_EXISTS' && error.code !== 'UNIMPLEMENTED') {
      throw error;
    }
  }
  await untilKnown({ connection, namespace });
}

/** The frontend learns of new search attributes a moment after they were added. */
async function untilKnown(target) {
  const deadline = Date.now() + 15_000;
  let refusal;
  do {
    refusal = await call(target.connection, 'workflowService', 'CountWorkflowExecutions', {
      namespace: target.namespace,
      query: Object.keys(searchAttributes).map((name) => `${name} IS NULL`).join(' AND '),
    }).then(() => undefined, (error) => error);
  } while (refusal?.code === 'INVALID_ARGUMENT' && Date.now() < deadline && (await pause(200, true)));
}
