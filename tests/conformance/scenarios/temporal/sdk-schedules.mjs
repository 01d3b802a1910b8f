import assert from 'node:assert/strict';
import { ScheduleAlreadyRunning, ScheduleNotFoundError, ScheduleOverlapPolicy } from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { scenario } from '../../runner/scenario.mjs';

const needs = ['schedules'];
const team = defineSearchAttributeKey('ConformanceKeyword', SearchAttributeType.KEYWORD);
const rarely = { intervals: [{ every: '365 days' }] };

/** A schedule of the official client, whose workflows run on the official worker that the scenarios share. */
async function schedule(probe, { workflow = 'greeting', args = ['schedule'], action, spec = rarely, ...options } = {}) {
  const client = await probe.client();
  return client.schedule.create({
    scheduleId: probe.id(),
    spec,
    action: { type: 'startWorkflow', workflowType: workflow, args, workflowId: probe.id('run'), taskQueue: await probe.sharedQueue(), ...action },
    ...options,
  });
}

const described = (probe, handle, what, holds) =>
  probe.until(what, async () => {
    const seen = await handle.describe();
    return { holds: holds(seen), seen };
  });

const started = async (probe, handle, count) =>
  (await described(probe, handle, `${count} were started`, ({ info }) => info.numActionsTaken === count)).info.recentActions.map(({ action }) => action.workflow);

const result = async (probe, { workflowId }) => (await probe.client()).workflow.getHandle(workflowId).result();

export const scenarios = [
  scenario('an interval starts a workflow whose result is there to be read', { needs }, async (probe) => {
    const handle = await schedule(probe, { spec: { intervals: [{ every: '1s' }] }, state: { remainingActions: 1 } });
    const [run] = await started(probe, handle, 1);
    assert.equal(await result(probe, run), 'hello, schedule');
    const { state, info } = await described(probe, handle, 'the action is over', ({ info }) => info.runningActions.length === 0);
    assert.deepEqual([state.remainingActions, info.numActionsTaken, info.nextActionTimes.length], [0, 1, 0]);
    await handle.delete();
  }),

  scenario('calendars, cron texts, intervals and exclusions are described as one spec', { needs }, async (probe) => {
    const handle = await schedule(probe, {
      spec: {
        calendars: [{ hour: { start: 8, end: 18, step: 2 }, dayOfWeek: ['MONDAY', { start: 'WEDNESDAY', end: 'FRIDAY' }], comment: 'office' }],
        cronExpressions: ['30 2 * * 7 # sundays'],
        intervals: [{ every: '6h', offset: '10m' }],
        skip: [{ month: 'DECEMBER', dayOfMonth: { start: 24, end: 26 } }],
        startAt: new Date('2030-01-01T00:00:00Z'),
        endAt: new Date('2030-12-31T00:00:00Z'),
        jitter: '30s',
        timezone: 'Europe/Berlin',
      },
      policies: { overlap: ScheduleOverlapPolicy.BUFFER_ONE, catchupWindow: '5m', pauseOnFailure: true },
      state: { note: 'not yet', paused: true },
    });
    const { spec, policies, state, info } = await handle.describe();
    assert.deepEqual(
      spec.calendars.map(({ comment, hour, minute, dayOfWeek }) => ({ comment, hour, minute, dayOfWeek })),
      [
        {
          comment: 'office',
          hour: [{ start: 8, end: 18, step: 2 }],
          minute: [{ start: 0, end: 0, step: 1 }],
          dayOfWeek: [
            { start: 'MONDAY', end: 'MONDAY', step: 1 },
            { start: 'WEDNESDAY', end: 'FRIDAY', step: 1 },
          ],
        },
        { comment: 'sundays', hour: [{ start: 2, end: 2, step: 1 }], minute: [{ start: 30, end: 30, step: 1 }], dayOfWeek: [{ start: 'SUNDAY', end: 'SUNDAY', step: 1 }] },
      ],
    );
    assert.deepEqual(spec.intervals, [{ every: 6 * 3_600_000, offset: 600_000 }]);
    assert.equal(spec.skip.length, 1);
    assert.deepEqual([spec.startAt.toISOString(), spec.jitter, spec.timezone], ['2030-01-01T00:00:00.000Z', 30_000, 'Europe/Berlin']);
    assert.deepEqual(policies, { overlap: 'BUFFER_ONE', catchupWindow: 300_000, pauseOnFailure: true });
    assert.deepEqual([state.paused, state.note], [true, 'not yet']);
    assert.ok(info.nextActionTimes.length === 10 && info.nextActionTimes.every((time) => time > new Date('2029-12-31T23:00:00Z')));
    await handle.delete();
  }),

  scenario('a schedule is updated from what is described', { needs }, async (probe) => {
    const handle = await schedule(probe, { policies: { overlap: ScheduleOverlapPolicy.ALLOW_ALL } });
    await handle.update((previous) => ({ ...previous, spec: { calendars: [{ hour: 5 }] }, state: { ...previous.state, note: 'changed' } }));
    const { spec, action, policies, info } = await described(probe, handle, 'the update holds', ({ state }) => state.note === 'changed');
    assert.deepEqual([spec.intervals?.length ?? 0, spec.calendars[0].hour], [0, [{ start: 5, end: 5, step: 1 }]]);
    assert.deepEqual([action.workflowType, action.args, policies.overlap], ['greeting', ['schedule'], 'ALLOW_ALL']);
    assert.ok(info.lastUpdatedAt instanceof Date && info.nextActionTimes.every((time) => time.getUTCHours() === 5));
    await handle.delete();
  }),

  scenario('a pause holds the spec back, not the hand', { needs }, async (probe) => {
    const handle = await schedule(probe, { spec: { intervals: [{ every: '1s' }] }, state: { paused: true, note: 'later' } });
    await handle.trigger();
    const [run] = await started(probe, handle, 1);
    assert.equal(await result(probe, run), 'hello, schedule');
    await handle.unpause('now');
    const { state } = await described(probe, handle, 'the spec starts too', ({ info }) => info.numActionsTaken > 1);
    assert.deepEqual([state.paused, state.note], [false, 'now']);
    await handle.pause('enough');
    await described(probe, handle, 'it is paused again', ({ state: { paused, note } }) => paused && note === 'enough');
    await handle.delete();
  }),

  scenario('a backfill starts one workflow for each time of the past', { needs }, async (probe) => {
    const handle = await schedule(probe, { spec: { intervals: [{ every: '1h' }] }, state: { paused: true } });
    await handle.backfill({ start: new Date('2025-01-01T00:30:00Z'), end: new Date('2025-01-01T03:00:00Z'), overlap: ScheduleOverlapPolicy.BUFFER_ALL });
    const runs = await started(probe, handle, 3);
    assert.deepEqual(runs.map(({ workflowId }) => workflowId), ['01', '02', '03'].map((hour) => `${probe.id('run')}-2025-01-01T${hour}:00:00Z`));
    for (const run of runs) {
      assert.equal(await result(probe, run), 'hello, schedule');
    }
    await handle.delete();
  }),

  scenario('a failure pauses the schedule that asked for it', { needs }, async (probe) => {
    const handle = await schedule(probe, { workflow: 'fails', args: [], policies: { pauseOnFailure: true } });
    // Beside others, as the client triggers by itself, a workflow's end is not waited for.
    await handle.trigger(ScheduleOverlapPolicy.SKIP);
    const [run] = await started(probe, handle, 1);
    await assert.rejects(result(probe, run));
    const { state } = await described(probe, handle, 'it is paused', ({ state: { paused } }) => paused);
    assert.match(state.note, /it broke/);
    await handle.delete();
  }),

  scenario('a workflow that goes on as new is waited for to its very end', { needs }, async (probe) => {
    const handle = await schedule(probe, { workflow: 'chain', args: [3], policies: { overlap: ScheduleOverlapPolicy.BUFFER_ONE } });
    await handle.trigger(ScheduleOverlapPolicy.BUFFER_ONE);
    const [run] = await started(probe, handle, 1);
    await result(probe, run);
    const { info } = await described(probe, handle, 'the action is over', ({ info: { runningActions } }) => runningActions.length === 0);
    assert.equal(info.numActionsTaken, 1);
    await handle.delete();
  }),

  scenario('schedules are listed by their attributes, with memo, note and what they did', { needs }, async (probe) => {
    const client = await probe.client();
    const mine = probe.id('team');
    const handle = await schedule(probe, {
      state: { note: 'listed', paused: true },
      memo: { owner: 'dba' },
      typedSearchAttributes: [{ key: team, value: mine }],
    });
    await handle.trigger();
    const [run] = await started(probe, handle, 1);
    const find = async (query) => {
      const found = [];
      for await (const each of client.schedule.list({ query })) {
        found.push(each);
      }
      return found;
    };
    const [entry] = await probe.until('it is listed with its action', async () => {
      const seen = await find(`ConformanceKeyword = '${mine}'`);
      return { holds: seen[0]?.info.recentActions.length === 1, seen };
    });
    assert.deepEqual(
      [entry.scheduleId, entry.memo, entry.state, entry.action.workflowType, entry.typedSearchAttributes.get(team)],
      [handle.scheduleId, { owner: 'dba' }, { note: 'listed', paused: true }, 'greeting', mine],
    );
    assert.deepEqual(entry.info.recentActions[0].action.workflow.workflowId, run.workflowId);
    assert.equal((await find(`ConformanceKeyword = '${mine}' AND TemporalSchedulePaused = false`)).length, 0);
    assert.equal((await find(`ScheduleId = '${handle.scheduleId}'`)).length, 1);
    await handle.delete();
  }),

  scenario('a schedule that is there cannot be made again, one that is gone cannot be described', { needs }, async (probe) => {
    const client = await probe.client();
    const handle = await schedule(probe);
    const again = { scheduleId: handle.scheduleId, spec: rarely, action: { type: 'startWorkflow', workflowType: 'greeting', taskQueue: 'none' } };
    await assert.rejects(client.schedule.create(again), ScheduleAlreadyRunning);
    await handle.delete();
    await probe.until('it is gone', async () => {
      const seen = await handle.describe().then(() => 'there', (error) => error);
      return { holds: seen instanceof ScheduleNotFoundError, seen: String(seen) };
    });
  }),
];
