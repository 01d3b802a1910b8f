import assert from 'node:assert/strict';
import { scenario } from '../../runner/scenario.mjs';

const status = (name) => `WORKER_STATUS_${name}`;

/** The workers of the scenario's queue, by key, with what they last said of themselves. */
async function listed(probe) {
  const { workersInfo = [] } = await probe.call('ListWorkers', { pageSize: 100, query: `TaskQueue = '${probe.queue}'` });
  return Object.fromEntries(workersInfo.map(({ workerHeartbeat }) => [workerHeartbeat.workerInstanceKey, workerHeartbeat.status]));
}

const expectListed = (probe, workers) =>
  probe.until('the workers are listed so', async () => {
    const seen = await listed(probe);
    return { holds: Object.keys(seen).length === Object.keys(workers).length && Object.keys(workers).every((key) => seen[key] === workers[key]), seen };
  });

export const scenarios = [
  scenario('a worker is listed while it runs and while it shuts down, and not when it has shut down', {}, async (probe) => {
    const [one, other] = [probe.id('one'), probe.id('other')];
    const say = (workerInstanceKey, name) =>
      probe.call('RecordWorkerHeartbeat', { workerHeartbeat: [{ workerInstanceKey, taskQueue: probe.queue, status: status(name) }] });
    await say(one, 'RUNNING');
    await say(other, 'RUNNING');
    await expectListed(probe, { [one]: status('RUNNING'), [other]: status('RUNNING') });

    await say(one, 'SHUTTING_DOWN');
    await expectListed(probe, { [one]: status('SHUTTING_DOWN'), [other]: status('RUNNING') });
    const { workerInfo } = await probe.call('DescribeWorker', { workerInstanceKey: one });
    assert.equal(workerInfo.workerHeartbeat.status, status('SHUTTING_DOWN'));

    await say(one, 'SHUTDOWN');
    await expectListed(probe, { [other]: status('RUNNING') });
    await probe.refused('DescribeWorker', { workerInstanceKey: one }, { code: 'NOT_FOUND' });
  }),
];
