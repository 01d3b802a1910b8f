/**
 * Takes out of a record what differs between any two runs of a scenario, and what is a service's own choice of words,
 * so that what is left should be the same on every service.
 */
export function normalise(value, key = '') {
  if (Array.isArray(value)) {
    // The worker tells its flags in any order.
    return key === 'coreUsedFlags' ? value.toSorted() : value.map((item) => normalise(item));
  }
  if (value !== null && typeof value === 'object') {
    return normaliseFields(value);
  }
  return typeof value === 'string' ? normaliseText(value, key) : value;
}

/** Times, sizes and bookkeeping of the service. */
const dropped = new Set([
  'time',
  'identity',
  'requestId',
  'historySizeBytes',
  'prevAutoResetPoints',
  'stackTrace',
  'encodedAttributes',
  'workflowExecutionExpirationTime',
  'parentWorkflowNamespaceId',
  'namespaceId',
  'links',
]);

function normaliseFields(value) {
  // A failure that the service made itself is known by its kind; the sentence is the service's own.
  const ownWords =
    value.serverFailureInfo ||
    value.timeoutFailureInfo ||
    value.resetWorkflowFailureInfo ||
    value.type === 'WorkflowExecutionTerminated' ||
    // The statuses of the operations that are refused together.
    (typeof value.code === 'number' && 'message' in value);
  // The worker's notes to itself hold its clock.
  const ownNotes = value.type === 'MarkerRecorded' && String(value.markerName).startsWith('core_');
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !dropped.has(name) && !(ownWords && (name === 'message' || name === 'reason')) && !(ownNotes && name === 'details'))
      .map(([name, item]) => [name, normalise(item, name)])
      .sort(([one], [other]) => (one < other ? -1 : 1)),
  );
}

function normaliseText(text, key) {
  if (key === 'firstWorkflowTaskBackoff' || /^\d+\.\d{4,}s$/.test(text)) {
    return text === '0s' ? text : '<duration>';
  }
  return text
    .replace(/\bc[0-9a-f]{8}-/g, '')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi, '<uuid>')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, '<time>')
    // Sticky queues are named after process and host.
    .replace(/\b\d+@[\w.-]+/g, '<process>');
}

/** A record as entries to compare: one an event, or the whole of it. */
export function entries({ label, value }) {
  const plain = normalise(value);
  if (!Array.isArray(plain) || !plain.every((item) => item?.type)) {
    return [{ key: label, content: plain }];
  }
  return plain.map(({ type, ...content }) => ({ key: `${label} ${type}`, content }));
}
