import proto from '@temporalio/proto';
import protojson from 'protobufjs/ext/protojson.js';
import { Metadata, status } from '@grpc/grpc-js';
import { simplify } from './plain.mjs';

const services = {
  workflowService: proto.temporal.api.workflowservice.v1.WorkflowService,
  operatorService: proto.temporal.api.operatorservice.v1.OperatorService,
  healthService: proto.grpc.health.v1.Health,
};

/**
 * One RPC in plain JSON, both ways: requests are written as the protos' canonical JSON, replies come back with payloads
 * decoded and 64-bit integers as numbers. A refusal is thrown as a Refusal.
 */
export async function call(connection, service, method, request, { namespace, seconds = 20, signal, metadata = {} } = {}) {
  const { requestType, responseType, name } = methodOf(service, method);
  const withNamespace = requestType.fields.namespace && request.namespace === undefined ? { namespace, ...request } : request;
  // Through JSON, which drops what is undefined: a scenario may name a part that it does not have.
  const message = protojson.fromJson(requestType, JSON.parse(JSON.stringify(withNamespace)));
  try {
    const reply = await connection.withAbortSignal(signal, () =>
      connection.withMetadata(metadata, () =>
        connection.withDeadline(Date.now() + seconds * 1000, () => connection[service][name](message)),
      ),
    );
    return simplify(responseType, protojson.toJson(responseType, reply));
  } catch (error) {
    throw error.code === undefined ? error : new Refusal(error);
  }
}

/** Bytes to a method of the workflow service, past every encoder. */
export function callRaw({ client }, method, bytes) {
  const path = `/temporal.api.workflowservice.v1.WorkflowService/${method}`;
  const asIs = (content) => content;
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(path, asIs, asIs, bytes, new Metadata(), { deadline: Date.now() + 10_000 }, (error, reply) =>
      error ? reject(new Refusal(error)) : resolve(reply),
    );
  });
}

/** What a service said instead of an answer: the status code's name, the message, and the typed details. */
export class Refusal extends Error {
  constructor(error) {
    const code = Object.keys(status).find((name) => status[name] === error.code) ?? String(error.code);
    super(`${code}: ${error.details}`, { cause: error });
    this.code = code;
    this.reason = error.details;
    this.details = typedDetails(error.metadata);
  }
}

function methodOf(service, method) {
  const found = services[service].methods[method];
  if (!found) {
    throw new Error(`${service} has no method ${method}.`);
  }
  found.resolve();
  return {
    requestType: found.resolvedRequestType,
    responseType: found.resolvedResponseType,
    name: method[0].toLowerCase() + method.slice(1),
  };
}

function typedDetails(metadata) {
  const [encoded] = metadata?.get('grpc-status-details-bin') ?? [];
  if (!encoded) {
    return [];
  }
  return proto.google.rpc.Status.decode(encoded).details.map((any) => {
    const typeUrl = any.type_url ?? any.typeUrl;
    const type = proto.lookupType(typeUrl.slice(typeUrl.lastIndexOf('/') + 1));
    return { type: type.name, ...simplify(type, protojson.toJson(type, type.decode(any.value))) };
  });
}
