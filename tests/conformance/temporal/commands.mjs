import { payloads } from './plain.mjs';

/** Commands as a worker sends them, in the protos' JSON. What a scenario does not say is left to the service. */

const command = (type, attributes, userMetadata) => ({
  commandType: `COMMAND_TYPE_${type.replace(/(?<!^)[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`,
  [`${type[0].toLowerCase()}${type.slice(1)}CommandAttributes`]: attributes,
  ...(userMetadata && { userMetadata }),
});

export const completeWorkflow = (result) =>
  command('CompleteWorkflowExecution', result === undefined ? {} : { result: payloads(result) });

export const failWorkflow = (message, applicationFailureInfo = { type: 'Broken' }) =>
  command('FailWorkflowExecution', { failure: { message, applicationFailureInfo } });

export const cancelWorkflow = () => command('CancelWorkflowExecution', {});

export const continueAsNew = (attributes) => command('ContinueAsNewWorkflowExecution', attributes);

export const startTimer = (timerId, seconds, userMetadata) =>
  command('StartTimer', { timerId, startToFireTimeout: `${seconds}s` }, userMetadata);

export const cancelTimer = (timerId) => command('CancelTimer', { timerId });

export const scheduleActivity = (activityId, taskQueue, attributes = {}, userMetadata) =>
  command(
    'ScheduleActivityTask',
    { activityId, activityType: { name: 'act' }, taskQueue: { name: taskQueue }, startToCloseTimeout: '30s', ...attributes },
    userMetadata,
  );

export const cancelActivity = (scheduledEventId) => command('RequestCancelActivityTask', { scheduledEventId });

export const recordMarker = (markerName, value) =>
  command('RecordMarker', { markerName, details: { data: payloads(value) } });

export const startChild = (workflowId, taskQueue, attributes = {}) =>
  command('StartChildWorkflowExecution', {
    workflowId,
    workflowType: { name: 'child' },
    taskQueue: { name: taskQueue },
    ...attributes,
  });

export const signalExternal = (execution, signalName, attributes = {}) =>
  command('SignalExternalWorkflowExecution', { execution, signalName, ...attributes });

export const cancelExternal = (workflowId, attributes = {}) =>
  command('RequestCancelExternalWorkflowExecution', { workflowId, ...attributes });

export const upsertSearchAttributes = (indexedFields) =>
  command('UpsertWorkflowSearchAttributes', { searchAttributes: { indexedFields } });

export const modifyMemo = (fields) => command('ModifyWorkflowProperties', { upsertedMemo: { fields } });

export const protocolMessage = (messageId) => command('ProtocolMessage', { messageId });
