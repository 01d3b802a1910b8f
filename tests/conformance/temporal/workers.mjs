import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, makeTelemetryFilterString, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { activities } from './activities.mjs';

const workflowsPath = fileURLToPath(new URL('../workflows/index.mjs', import.meta.url));

/** Official workers and the official client. The workflows are bundled once; most scenarios share one worker. */
export class Workers {
  #address;
  #namespace;
  #nonce;
  #opened;
  #shared;
  #running = new Set();
  #tokens = new Map();

  constructor({ address, namespace, nonce }) {
    this.#address = address;
    this.#namespace = namespace;
    this.#nonce = nonce;
  }

  async client() {
    return (await this.#open()).client;
  }

  /** The worker of all scenarios that do not care which worker they have. */
  async shared() {
    const taskQueue = `${this.#nonce}-shared`;
    this.#shared ??= this.start(taskQueue, {});
    await this.#shared;
    return taskQueue;
  }

  /** A worker of the scenario's own; it may be shut down and started again on the same queue. */
  async start(taskQueue, options) {
    const { connection, workflowBundle } = await this.#open();
    const worker = await Worker.create({
      connection,
      namespace: this.#namespace,
      taskQueue,
      workflowBundle,
      activities: activities({ waiting: (workflowId, taskToken) => this.#tokens.set(workflowId, taskToken) }),
      reuseV8Context: true,
      workflowThreadPoolSize: 1,
      shutdownGraceTime: '1s',
      ...options,
    });
    const ended = worker.run();
    const running = {
      shutdown: async () => {
        if (this.#running.delete(running)) {
          worker.shutdown();
        }
        await ended;
      },
    };
    this.#running.add(running);
    return running;
  }

  /** The token of an activity that waits to be completed by somebody else. */
  token(workflowId) {
    return this.#tokens.get(workflowId);
  }

  /** The official core replays the history; what it would not have done itself is an error. */
  async replay(history, workflowId) {
    const { workflowBundle } = await this.#open();
    await Worker.runReplayHistory({ workflowBundle, reuseV8Context: true }, history, workflowId);
  }

  async close() {
    await Promise.all([...this.#running].map(({ shutdown }) => shutdown()));
    if (this.#opened) {
      const { connection, client } = await this.#opened;
      await client.connection.close();
      await connection.close();
    }
  }

  #open() {
    this.#opened ??= this.#connect();
    return this.#opened;
  }

  async #connect() {
    installRuntime();
    const [workflowBundle, connection, clientConnection] = await Promise.all([
      bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') }),
      NativeConnection.connect({ address: this.#address }),
      Connection.connect({ address: this.#address }),
    ]);
    const client = new Client({ connection: clientConnection, namespace: this.#namespace });
    return { workflowBundle, connection, client };
  }
}

let installed = false;

/** One a process: the core allows no second. */
function installRuntime() {
  if (!installed) {
    installed = true;
    // The scenarios fail workflows and activities on purpose; only what the worker itself suffers is worth a line.
    const filter = makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' });
    Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { filter } } });
  }
}
