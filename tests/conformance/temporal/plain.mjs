import proto from '@temporalio/proto';

const longTypes = new Set(['int64', 'uint64', 'sint64', 'fixed64', 'sfixed64']);

/** Makes the protos' JSON comfortable to assert on: 64-bit integers become numbers, payloads the values inside them. */
export function simplify(type, json) {
  if (json === null || typeof json !== 'object') {
    return json;
  }
  if (type.fullName === '.temporal.api.common.v1.Payload') {
    return openPayload(json);
  }
  if (type.fullName === '.temporal.api.common.v1.Payloads') {
    return (json.payloads ?? []).map(openPayload);
  }
  if (type.fullName === '.temporal.api.history.v1.HistoryEvent') {
    return flattenEvent(simplifyFields(type, json));
  }
  if (json['@type']) {
    const { '@type': typeUrl, ...body } = json;
    const inner = proto.lookupType(typeUrl.slice(typeUrl.lastIndexOf('/') + 1));
    return { '@type': inner.name, ...simplify(inner, body) };
  }
  // Duration, Timestamp and Struct have a JSON form of their own, already comfortable.
  return type.fullName.startsWith('.google.protobuf.') ? json : simplifyFields(type, json);
}

function simplifyFields(type, json) {
  return Object.fromEntries(Object.entries(json).map(([name, value]) => [name, simplifyField(type.fields[name], value)]));
}

function simplifyField(field, value) {
  field.resolve();
  const one = (item) => (field.resolvedType?.fields ? simplify(field.resolvedType, item) : longTypes.has(field.type) ? Number(item) : item);
  if (field.map) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, one(item)]));
  }
  return field.repeated ? value.map(one) : one(value);
}

/** `{ id, type: 'TimerFired', time, ...attributes }`, so that an event reads as one flat record. */
function flattenEvent({ eventId, eventType, eventTime, taskId, version, ...rest }) {
  const key = Object.keys(rest).find((name) => name.endsWith('EventAttributes'));
  const { [key]: attributes, ...others } = rest;
  const type = key ? key[0].toUpperCase() + key.slice(1, -'EventAttributes'.length) : eventType;
  return { id: eventId, type, time: eventTime, ...others, ...attributes };
}

/** The value of a JSON payload; anything that says more about itself keeps what it says. */
export function openPayload({ metadata = {}, data = '' }) {
  const { encoding, ...others } = Object.fromEntries(
    Object.entries(metadata).map(([name, value]) => [name, Buffer.from(value, 'base64').toString()]),
  );
  const value = openData(encoding, Buffer.from(data, 'base64'));
  return Object.keys(others).length > 0 ? { ...others, value } : value;
}

function openData(encoding, bytes) {
  switch (encoding) {
    case 'json/plain':
      return JSON.parse(bytes.toString());
    case 'binary/null':
      return null;
    default:
      return { encoding, base64: bytes.toString('base64') };
  }
}

export function payload(value, metadata = {}) {
  const entries = Object.entries({ encoding: value === null ? 'binary/null' : 'json/plain', ...metadata });
  return {
    metadata: Object.fromEntries(entries.map(([name, text]) => [name, Buffer.from(text).toString('base64')])),
    data: value === null ? '' : Buffer.from(JSON.stringify(value)).toString('base64'),
  };
}

export function payloads(...values) {
  return { payloads: values.map((value) => payload(value)) };
}
