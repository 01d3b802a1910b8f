import { existsSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';
import { bundleWorkflowCode, DefaultLogger, makeTelemetryFilterString, NativeConnection, Runtime, Worker } from '@temporalio/worker';

// node worker.mjs HOST:PORT QUEUE BUNDLE: a worker for the load of workflows.mjs, made to be killed at any moment.
// The bundle is written by whoever comes first, so that the next worker is there sooner.
const [address, taskQueue, bundle] = process.argv.slice(2);

Runtime.install({
  logger: new DefaultLogger('ERROR'),
  telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' }) } },
});

if (!existsSync(bundle)) {
  const workflowsPath = fileURLToPath(new URL('workflows.mjs', import.meta.url));
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
  await writeFile(`${bundle}.${process.pid}`, code);
  await rename(`${bundle}.${process.pid}`, bundle);
}

const worker = await Worker.create({
  connection: await connected(),
  taskQueue,
  workflowBundle: { codePath: bundle },
  activities: { increase: async (number) => number + 1 },
  stickyQueueScheduleToStartTimeout: '1s',
});
console.log('ready');
await worker.run();

/** The service may be down at this moment. */
async function connected() {
  for (let attempt = 0; ; attempt++) {
    try {
      return await NativeConnection.connect({ address });
    } catch (error) {
      if (attempt === 100) {
        throw error;
      }
      await pause(200);
    }
  }
}
