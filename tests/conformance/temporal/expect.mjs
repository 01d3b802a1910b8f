import assert from 'node:assert/strict';

/** How the history of a run ends whose workflow completes with its next task. */
export const closing = ['WorkflowTaskScheduled', 'WorkflowTaskStarted', 'WorkflowTaskCompleted', 'WorkflowExecutionCompleted'];

/** The keys that say nothing about a behaviour and differ between any two runs. */
const silent = new Set(['time', 'identity', 'requestId', 'historySizeBytes']);

/**
 * The history is exactly these events, in this order. An expectation is an event type, or `[type, attributes]` where the
 * attributes are those that matter; the event may have others.
 */
export function expectEvents(events, expected) {
  const types = expected.map((each) => (Array.isArray(each) ? each[0] : each));
  assert.deepEqual(events.map(({ type }) => type), types, `the history is:\n${tell(events)}`);
  expected.forEach((each, index) => {
    if (Array.isArray(each)) {
      expectWithin(events[index], each[1], `event ${events[index].id} ${events[index].type}`);
    }
  });
}

/** Every named part of `expected` is in `actual`: records by part, lists by item, patterns by match, functions by their word. */
export function expectWithin(actual, expected, where = 'value') {
  if (typeof expected === 'function') {
    assert.ok(expected(actual), `${where} is ${show(actual)}, which ${expected} does not accept`);
  } else if (expected instanceof RegExp) {
    assert.match(String(actual), expected, `${where} is ${show(actual)}, not like ${expected}`);
  } else if (Array.isArray(expected)) {
    assert.ok(Array.isArray(actual), `${where} is ${show(actual)}, not a list`);
    assert.equal(actual.length, expected.length, `${where} has ${actual.length} items: ${show(actual)}`);
    expected.forEach((item, index) => expectWithin(actual[index], item, `${where}[${index}]`));
  } else if (expected !== null && typeof expected === 'object') {
    assert.ok(actual !== null && typeof actual === 'object', `${where} is ${show(actual)}, expected ${show(expected)}`);
    for (const [name, part] of Object.entries(expected)) {
      expectWithin(actual[name], part, `${where}.${name}`);
    }
  } else {
    assert.ok(Object.is(actual, expected), `${where} is ${show(actual)}, expected ${show(expected)}`);
  }
}

/** A value may be megabytes; a message should not. */
function show(value) {
  const text = JSON.stringify(value) ?? 'undefined';
  return text.length > 2000 ? `${text.slice(0, 2000)}... (${text.length} characters)` : text;
}

/** Proto JSON leaves out what has its default value: this accepts nothing, zero, an empty text or list. */
export const absent = (value) => value === undefined || value === null || value === 0 || value === '' || value.length === 0;

export const present = (value) => !absent(value);

export function tell(events) {
  const audible = (key, value) => (silent.has(key) ? undefined : value);
  return events.map(({ id, type, ...rest }) => `${id} ${type} ${JSON.stringify(rest, audible).slice(0, 1000)}`).join('\n');
}
