// Has the functions of Temporal's native core that a replay calls, and gives prepared activations, each as soon as the one before is answered.
const { readFileSync } = require('node:fs');
const path = require('node:path');

const RUN_ID_AT = 2;

function readActivations() {
  const bytes = readFileSync(path.join(__dirname, 'activations'));
  const activations = [];
  for (let at = 0; at < bytes.length; ) {
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const part = bytes[at++];
      length |= (part & 0x7f) << shift;
      if (part < 0x80) break;
    }
    activations.push(bytes.subarray(at, at + length));
    at += length;
  }
  return activations;
}

const prepared = readActivations();
let runs = 0;

class StandInWorker {
  waiting = null;
  next = prepared.length;
  closed = false;

  push() {
    this.runId = `run-${String(++runs).padStart(8, '0')}`;
    this.next = 0;
    this.give();
  }

  give() {
    if (!this.waiting || this.next >= prepared.length) return;
    const activation = Buffer.from(prepared[this.next++]);
    activation.write(this.runId, RUN_ID_AT, 'latin1');
    this.waiting.resolve(activation);
    this.waiting = null;
  }

  poll() {
    const waiting = withResolvers();
    this.waiting = waiting;
    if (this.closed) this.close();
    return waiting.promise;
  }

  close() {
    this.closed = true;
    this.waiting?.reject(Object.assign(new Error('closed'), { name: 'ShutdownError' }));
  }
}

function withResolvers() {
  const made = {};
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
  return made;
}

exports.native = {
  newRuntime: () => ({}),
  newReplayWorker: () => {
    const worker = new StandInWorker();
    return [worker, worker];
  },
  pushHistory: async (worker) => worker.push(),
  closeHistoryStream: () => {},
  workerPollWorkflowActivation: (worker) => worker.poll(),
  workerCompleteWorkflowActivation: async (worker) => worker.give(),
  workerInitiateShutdown: (worker) => worker.close(),
  workerFinalizeShutdown: () => {},
};
