import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { call, callRaw, Refusal } from './wire.mjs';
import { payloads } from './plain.mjs';
import { expectEvents, expectWithin } from './expect.mjs';

const identity = 'conformance';
/** Enough to see what a scenario was doing when it failed. */
const trailLength = 20;
/** Seconds to wait for what should come at once: a loaded machine is no failure. */
const patience = 25;

/**
 * What a scenario holds: a client of the service and, by hand, a worker of it. It polls and answers tasks itself, so that
 * the scenario decides what happens between a task's start and its completion. Everything goes over the official client's
 * connection; ids and task queues are the scenario's own.
 */
export class Probe {
  #target;
  #slug;
  #ids = 0;
  #trail = [];
  #records = [];
  #abandon = new AbortController();
  #workers = [];
  #giveUp;

  constructor(target, { name }) {
    this.#target = target;
    this.#slug = `${target.nonce}-${name.replace(/[^a-z0-9]+/gi, '-').slice(0, 60)}`;
    this.queue = `${this.#slug}-queue`;
    /** Rejects when the service lacks a method: nobody need wait for what can never come. */
    this.broken = new Promise((_, reject) => (this.#giveUp = reject));
    this.broken.catch(() => {});
    // Every call listens to it while it is under way, and a scenario may have many.
    setMaxListeners(0, this.#abandon.signal);
  }

  get namespace() {
    return this.#target.namespace;
  }

  /** An id that no other scenario and no other run of the suite uses. */
  id(suffix = String(++this.#ids)) {
    return `${this.#slug}-${suffix}`;
  }

  call(method, request = {}, options = {}) {
    const answer = this.#call(method, request, options);
    // A call under way when its scenario fails is cancelled with it, and nobody is left to hear that.
    answer.catch(() => {});
    return answer;
  }

  async #call(method, request, { service = 'workflowService', ...options }) {
    const started = performance.now();
    const note = (said) => this.#note(`${method} ${said} (${Math.round(performance.now() - started)} ms)`);
    try {
      const reply = await call(this.#target.connection, service, method, request, {
        namespace: this.namespace,
        signal: this.#abandon.signal,
        ...options,
      });
      note('OK');
      return reply;
    } catch (error) {
      note(error.message);
      if (error.code === 'UNIMPLEMENTED') {
        this.#giveUp(error);
      }
      throw error;
    }
  }

  /** Bytes as they are, to a method that need not exist. */
  callRaw(method, bytes) {
    return callRaw(this.#target.connection, method, bytes);
  }

  /** The call is refused with this status code and, where named, these typed details. */
  async refused(method, request, { code, reason, details }, options) {
    let refusal;
    try {
      const reply = await this.call(method, request, options);
      assert.fail(`${method} was accepted: ${JSON.stringify(reply)}`);
    } catch (error) {
      if (!(error instanceof Refusal)) {
        throw error;
      }
      refusal = error;
    }
    this.record(`${method} refused`, { code: refusal.code, details: refusal.details });
    assert.equal(refusal.code, code, `${method} was refused with ${refusal.message}`);
    expectWithin(refusal, { ...(reason && { reason }), ...(details && { details }) }, `${method}'s refusal`);
    return refusal;
  }

  async start({ workflowId = this.id(), type = 'byHand', queue = this.queue, input, ...request } = {}) {
    const reply = await this.call('StartWorkflowExecution', this.startRequest({ workflowId, type, queue, input, ...request }));
    return { workflowId, runId: reply.runId, reply };
  }

  startRequest({ workflowId = this.id(), type = 'byHand', queue = this.queue, input, ...request } = {}) {
    return {
      workflowId,
      workflowType: { name: type },
      taskQueue: { name: queue },
      requestId: randomUUID(),
      identity,
      ...(input !== undefined && { input: payloads(input) }),
      ...request,
    };
  }

  signal({ workflowId, runId }, signalName, value, request = {}) {
    return this.call('SignalWorkflowExecution', {
      workflowExecution: { workflowId, runId },
      signalName,
      requestId: randomUUID(),
      identity,
      ...(value !== undefined && { input: payloads(value) }),
      ...request,
    });
  }

  cancel({ workflowId, runId }, request = {}) {
    return this.call('RequestCancelWorkflowExecution', { workflowExecution: { workflowId, runId }, requestId: randomUUID(), identity, ...request });
  }

  terminate({ workflowId, runId }, request = {}) {
    return this.call('TerminateWorkflowExecution', { workflowExecution: { workflowId, runId }, identity, ...request });
  }

  describe({ workflowId, runId }) {
    return this.call('DescribeWorkflowExecution', { execution: { workflowId, runId } });
  }

  /** The next workflow task; a service may answer a poll with nothing, so it is asked until the deadline. */
  workflowTask({ queue = this.queue, stickyOf, seconds = patience } = {}) {
    const taskQueue = stickyOf ? { name: queue, kind: 'TASK_QUEUE_KIND_STICKY', normalName: stickyOf } : { name: queue };
    return this.#take('PollWorkflowTaskQueue', { taskQueue, identity }, seconds);
  }

  activityTask({ queue = this.queue, seconds = patience } = {}) {
    return this.#take('PollActivityTaskQueue', { taskQueue: { name: queue }, identity }, seconds);
  }

  reply({ taskToken }, commands = [], request = {}) {
    return this.call('RespondWorkflowTaskCompleted', { taskToken, commands, identity, ...request });
  }

  /** Takes the next workflow task and answers it with the commands. */
  async advance(commands = [], { queue, ...request } = {}) {
    const task = await this.workflowTask({ queue });
    await this.reply(task, commands, request);
    return task;
  }

  failTask({ taskToken }, message, request = {}) {
    return this.call('RespondWorkflowTaskFailed', {
      taskToken,
      identity,
      cause: 'WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE',
      failure: { message, applicationFailureInfo: {} },
      ...request,
    });
  }

  completeActivity({ taskToken }, result) {
    return this.call('RespondActivityTaskCompleted', { taskToken, identity, ...(result !== undefined && { result: payloads(result) }) });
  }

  failActivity({ taskToken }, message, applicationFailureInfo = { type: 'Broken' }, request = {}) {
    return this.call('RespondActivityTaskFailed', { taskToken, identity, failure: { message, applicationFailureInfo }, ...request });
  }

  heartbeat({ taskToken }, details) {
    return this.call('RecordActivityTaskHeartbeat', { taskToken, identity, details: payloads(details) });
  }

  /** The whole history of a run, remembered for the comparison of two services. */
  async history(run, label = 'history') {
    const events = await this.events(run);
    this.record(label, events);
    return events;
  }

  /** The whole history of a run whose order is a matter of luck, and so is not to be compared. */
  async events({ workflowId, runId }) {
    const events = [];
    let nextPageToken;
    do {
      const page = await this.call('GetWorkflowExecutionHistory', { execution: { workflowId, runId }, nextPageToken });
      events.push(...(page.history?.events ?? []));
      nextPageToken = page.nextPageToken;
    } while (nextPageToken);
    return events;
  }

  async expectHistory(run, expected, label) {
    const events = await this.history(run, label);
    expectEvents(events, expected);
    return events;
  }

  /** Asks until the answer holds; a deadline that passes says what was seen last. */
  async until(what, ask, seconds = patience) {
    const deadline = Date.now() + seconds * 1000;
    for (;;) {
      const { holds, seen } = await ask();
      if (holds) {
        return seen;
      }
      if (Date.now() > deadline) {
        throw new Error(`${what}: not within ${seconds} s; last seen: ${JSON.stringify(seen)}`);
      }
      await pause(50);
    }
  }

  /** Waits until the service knows of a poller of the queue. */
  async polled(queue, taskQueueType = 'TASK_QUEUE_TYPE_WORKFLOW') {
    await this.until(`a poller of ${queue} is known`, async () => {
      const { pollers = [] } = await this.call('DescribeTaskQueue', { taskQueue: { name: queue }, taskQueueType });
      return { holds: pollers.length > 0, seen: pollers };
    });
  }

  /** Remembers something that two services should agree on. */
  record(label, value) {
    this.#records.push({ label, value });
  }

  evidence() {
    return { trail: this.#trail, records: this.#records };
  }

  /** Starts a workflow with the official client, on the official worker that the scenarios share or on one of its own. */
  async begin(type, args = [], options = {}) {
    const client = await this.client();
    const workflowId = options.workflowId ?? this.id();
    const taskQueue = options.taskQueue ?? (await this.#target.workers.shared());
    const handle = await client.workflow.start(type, { args, ...options, workflowId, taskQueue });
    this.#note(`official start of ${type}`);
    return Object.assign(handle, { run: { workflowId, runId: handle.firstExecutionRunId } });
  }

  client() {
    return this.#target.workers.client();
  }

  sharedQueue() {
    return this.#target.workers.shared();
  }

  /** An official worker of the scenario's own, on its own queue. It ends with the scenario at the latest. */
  async worker(options = {}) {
    const worker = await this.#target.workers.start(this.queue, options);
    this.#workers.push(worker);
    return worker;
  }

  activityToken({ workflowId }) {
    return this.#target.workers.token(workflowId);
  }

  /** Lets the official core replay what the service has written. */
  async replay(handle) {
    await this.#target.workers.replay(await handle.fetchHistory(), handle.workflowId);
  }

  async close() {
    // Polls that the scenario left open would take tasks from nobody; they end with it.
    this.#abandon.abort();
    await Promise.all(this.#workers.map((worker) => worker.shutdown()));
  }

  async #take(method, request, seconds) {
    const deadline = Date.now() + seconds * 1000;
    do {
      // A poll that reaches the service with less than a second left is refused as not worth it. A service that splits
      // its queues may leave a task where this poll does not look: the next one may be luckier.
      const left = Math.min(8, Math.max(3, (deadline - Date.now()) / 1000));
      const task = await this.call(method, request, { seconds: left }).catch((error) => {
        if (error.code === 'DEADLINE_EXCEEDED') {
          return {};
        }
        throw error;
      });
      if (task.taskToken) {
        return task;
      }
    } while (Date.now() < deadline);
    throw new Error(`${method} on "${request.taskQueue.name}" gave no task within ${seconds} s.`);
  }

  #note(line) {
    this.#trail.push(line);
    if (this.#trail.length > trailLength) {
      this.#trail.shift();
    }
  }
}
