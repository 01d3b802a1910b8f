import { randomBytes } from 'node:crypto';
import { Connection } from '@temporalio/client';
import { Probe } from '../temporal/probe.mjs';

/** The suite of Temporal's own semantics, against any frontend. */
export async function open({ address, namespace = 'default' }) {
  const target = {
    address,
    namespace,
    nonce: `c${randomBytes(4).toString('hex')}`,
    // No retries: a scenario asserts the first answer.
    connection: await Connection.connect({ address, interceptors: [] }),
  };

  return {
    nonce: target.nonce,
    probe: (scenario) => new Probe(target, scenario),
    close: () => target.connection.close(),
  };
}
