import { payloads } from './plain.mjs';
import { protocolMessage } from './commands.mjs';

/** The update protocol's two sides: what a client asks, and what a worker answers to the messages of its task. */

export const stage = (name) => `UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_${name}`;

export function updateRequest({ workflowId, runId }, updateId, { name = 'set', args = [1], wait = 'COMPLETED' } = {}) {
  return {
    workflowExecution: { workflowId, runId },
    waitPolicy: { lifecycleStage: stage(wait) },
    request: { meta: { updateId, identity: 'conformance' }, input: { name, args: payloads(...args) } },
  };
}

const body = (type, content) => ({ '@type': `type.googleapis.com/temporal.api.update.v1.${type}`, ...content });

/** The request goes back in the acceptance as it came, so that the history holds it. */
function requestOf(task, updateId) {
  const message = task.messages?.find(({ protocolInstanceId }) => protocolInstanceId === updateId);
  if (!message) {
    throw new Error(`The task brings no update "${updateId}": ${JSON.stringify(task.messages ?? [])}.`);
  }
  return message;
}

export function accept(task, updateId) {
  const { id, eventId, body: request } = requestOf(task, updateId);
  const message = {
    id: `${updateId}/accept`,
    protocolInstanceId: updateId,
    body: body('Acceptance', {
      acceptedRequestMessageId: id,
      acceptedRequestSequencingEventId: eventId,
      acceptedRequest: { meta: request.meta, input: { name: request.input.name, args: payloads(...(request.input.args ?? [])) } },
    }),
  };
  return { messages: [message], commands: [protocolMessage(message.id)] };
}

export function complete(updateId, outcome) {
  const message = {
    id: `${updateId}/complete`,
    protocolInstanceId: updateId,
    body: body('Response', { meta: { updateId, identity: 'conformance' }, outcome }),
  };
  return { messages: [message], commands: [protocolMessage(message.id)] };
}

export const succeed = (updateId, result) => complete(updateId, { success: payloads(result) });

export const fail = (updateId, message) => complete(updateId, { failure: { message, applicationFailureInfo: { type: 'Broken' } } });

/** A validator's no: it leaves no command and, in the history, no trace. */
export function reject(task, updateId, why) {
  const { id, eventId } = requestOf(task, updateId);
  const message = {
    id: `${updateId}/reject`,
    protocolInstanceId: updateId,
    body: body('Rejection', {
      rejectedRequestMessageId: id,
      rejectedRequestSequencingEventId: eventId,
      failure: { message: why, applicationFailureInfo: { type: 'Invalid' } },
    }),
  };
  return { messages: [message], commands: [] };
}

/** One worker's answer out of several, in order. */
export function together(...answers) {
  return { messages: answers.flatMap(({ messages }) => messages), commands: answers.flatMap(({ commands }) => commands) };
}
