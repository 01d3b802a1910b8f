// node worker.mjs HOST:PORT QUEUE FOLDER: the official worker with its usual settings; FOLDER has the packages.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const [address, taskQueue, modules] = process.argv.slice(2);
const { bundleWorkflowCode, DefaultLogger, makeTelemetryFilterString, NativeConnection, Runtime, Worker } =
  createRequire(path.join(modules, 'package.json'))('@temporalio/worker');
const logger = new DefaultLogger('ERROR');
Runtime.install({ logger, telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' }) } } });

const worker = await Worker.create({
  connection: await NativeConnection.connect({ address }),
  taskQueue,
  workflowBundle: await bundled(),
  activities: { increase: async (number) => number + 1 },
});
console.log('ready');
await worker.run();

/** The bundler resolves imports from where the file is, so it is beside the modules for that moment. */
async function bundled() {
  const folder = mkdtempSync(path.join(modules, 'node_modules', '.bench-'));
  try {
    const workflowsPath = path.join(folder, 'workflows.js');
    writeFileSync(workflowsPath, `
      import { proxyActivities } from '@temporalio/workflow';
      const { increase } = proxyActivities({ startToCloseTimeout: '1 minute' });
      export async function once(number) { return await increase(number); }
    `);
    return await bundleWorkflowCode({ workflowsPath, logger });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
