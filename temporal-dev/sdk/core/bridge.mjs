// Moves frames between a .NET worker, on the standard streams, and Temporal's native core. Every decision is on the
// other side: this file only calls the core's functions and passes their answers on.
//
// A frame is: length of the rest (uint32, little endian), kind (uint8), call (uint32), body.
// Towards here, kind is the function, call a number that the answers repeat, and the body begins with the number of
// the client or worker that is meant (uint32).
import { createRequire } from 'node:module';
import path from 'node:path';

const Answer = { done: 0, failed: 1, item: 2, log: 3 };
const modules = process.argv[2];
const { native } = createRequire(path.join(modules, 'bridge.cjs'))('@temporalio/core-bridge');

const settings = JSON.parse(process.argv[3]);
const handles = new Map();
let nextHandle = 1;

const outgoing = [];
let flushing = false;

function send(kind, call, body) {
  const size = body?.length ?? 0;
  const head = Buffer.allocUnsafe(9);
  head.writeUInt32LE(size + 5, 0);
  head.writeUInt8(kind, 4);
  head.writeUInt32LE(call, 5);
  outgoing.push(head);
  if (size > 0) outgoing.push(body);
  if (!flushing) {
    flushing = true;
    // One write for all that this turn of the event loop produces.
    setImmediate(() => {
      flushing = false;
      process.stdout.write(Buffer.concat(outgoing.splice(0)));
    });
  }
}

const runtime = native.newRuntime({
  logExporter: {
    type: 'forward',
    filter: settings.logFilter,
    receiver: (entries) => send(Answer.log, 0, Buffer.from(`[${entries.join(',')}]`)),
  },
  telemetry: { attachServiceName: false, metricPrefix: 'temporal_' },
  metricsExporter: null,
  workerHeartbeatIntervalMillis: settings.workerHeartbeatMilliseconds,
});

function keep(value) {
  const handle = nextHandle++;
  handles.set(handle, value);
  const body = Buffer.allocUnsafe(4);
  body.writeUInt32LE(handle);
  return body;
}

function pem(tls) {
  const bytes = (text) => (text == null ? null : Buffer.from(text, 'base64'));
  return tls && {
    domain: tls.domain,
    serverRootCaCert: bytes(tls.serverRootCaCert),
    clientTlsOptions: tls.clientTlsOptions && {
      clientCert: bytes(tls.clientTlsOptions.clientCert),
      clientPrivateKey: bytes(tls.clientTlsOptions.clientPrivateKey),
    },
  };
}

async function deliver(call, poll) {
  for (;;) {
    let task;
    try {
      task = await poll();
    } catch (error) {
      if (error.name === 'ShutdownError') return null;
      throw error;
    }
    send(Answer.item, call, task);
  }
}

// In the order of the numbers that BridgeFunction has on the other side.
const functions = [
  async (_, body) => {
    const options = JSON.parse(body);
    return keep({ client: await native.newClient(runtime, { ...options, tls: pem(options.tls) }) });
  },
  ({ client }) => native.clientClose(client),
  ({ client }, body) => keep({ worker: native.newWorker(client, JSON.parse(body)) }),
  (_, body) => {
    const [worker, pusher] = native.newReplayWorker(runtime, JSON.parse(body));
    return keep({ worker, pusher });
  },
  ({ worker }) => native.workerValidate(worker),
  ({ worker }, _, call) => deliver(call, () => native.workerPollWorkflowActivation(worker)),
  ({ worker }, _, call) => deliver(call, () => native.workerPollActivityTask(worker)),
  ({ worker }, body) => native.workerCompleteWorkflowActivation(worker, body),
  ({ worker }, body) => native.workerCompleteActivityTask(worker, body),
  ({ worker }, body) => native.workerRecordActivityHeartbeat(worker, body),
  ({ worker }) => native.workerInitiateShutdown(worker),
  ({ worker }) => native.workerFinalizeShutdown(worker),
  ({ pusher }, body) => {
    const split = 4 + body.readUInt32LE(0);
    return native.pushHistory(pusher, body.toString('utf8', 4, split), body.subarray(split));
  },
  ({ pusher }) => native.closeHistoryStream(pusher),
  ({ client }, body) => native.clientUpdateApiKey(client, body.toString('utf8')),
  (_, __, ___, handle) => void handles.delete(handle),
];

async function answer(kind, call, handle, body) {
  try {
    const result = await functions[kind](handles.get(handle) ?? {}, body, call, handle);
    send(Answer.done, call, result instanceof Uint8Array ? result : null);
  } catch (error) {
    send(Answer.failed, call, Buffer.from(JSON.stringify({ name: error.name, message: error.message })));
  }
}

let received = [];
let receivedBytes = 0;
let wanted = 4;

process.stdin.on('data', (chunk) => {
  received.push(chunk);
  receivedBytes += chunk.length;
  if (receivedBytes < wanted) return;
  let bytes = received.length === 1 ? chunk : Buffer.concat(received);
  wanted = 4;
  while (bytes.length >= wanted) {
    const end = 4 + bytes.readUInt32LE(0);
    if (bytes.length < end) {
      wanted = end;
      break;
    }
    answer(bytes.readUInt8(4), bytes.readUInt32LE(5), bytes.readUInt32LE(9), bytes.subarray(13, end));
    bytes = bytes.subarray(end);
  }
  received = bytes.length > 0 ? [bytes] : [];
  receivedBytes = bytes.length;
});

// The worker is gone, whatever became of it: nobody is left to work for.
process.stdin.on('end', () => process.exit(0));
process.stdout.on('error', () => process.exit(0));

// A terminal or a service manager signals the whole group; the worker decides when it is over, and closes the stream.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
