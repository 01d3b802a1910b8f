// A worker and a client of another language, for tests that speak to it on standard streams: a line with a task queue once the
// worker polls, then for each line in, the ids of a workflow to drive, one line out with what was seen.
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, makeTelemetryFilterString, NativeConnection, Runtime, Worker } from '@temporalio/worker';

const [address, taskQueue] = process.argv.slice(2);
Runtime.install({
  logger: new DefaultLogger('ERROR'),
  telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' }) } },
});

const workflowsPath = fileURLToPath(new URL('workflows.mjs', import.meta.url));
const [workflowBundle, connection, clientConnection] = await Promise.all([
  bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') }),
  NativeConnection.connect({ address }),
  Connection.connect({ address }),
]);
const client = new Client({ connection: clientConnection });
const worker = await Worker.create({
  connection,
  taskQueue,
  workflowBundle,
  reuseV8Context: true,
  workflowThreadPoolSize: 1,
  shutdownGraceTime: '1s',
  activities: { Stamp: async (name, weight) => `${name} of ${weight}, stamped by TypeScript` },
});
const ended = worker.run();
console.log(JSON.stringify({ taskQueue }));

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await drive(JSON.parse(line))));
}
worker.shutdown();
await ended;
process.exit(0);

async function drive({ workflowId, workflowQueue, stampQueue }) {
  const handle = await client.workflow.start('Cargo', { workflowId, taskQueue: workflowQueue, args: [{ stampQueue }] });
  await handle.signal('Load', 'tea', 2);
  const renamedFrom = await handle.executeUpdate('Rename', { args: ['Ada'] });
  const refusal = await handle.executeUpdate('Rename', { args: [''] }).then(
    () => 'accepted',
    (error) => error.cause?.message ?? error.message,
  );
  const weight = await handle.query('Weight');
  await handle.signal('Depart');
  return { renamedFrom, refusal, weight, result: await handle.result() };
}
