import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { scenario } from '../../runner/scenario.mjs';
import { payload, payloads } from '../../temporal/plain.mjs';
import { absent, expectWithin, present } from '../../temporal/expect.mjs';
import { completeWorkflow, failWorkflow } from '../../temporal/commands.mjs';

const needs = ['schedules'];
const rarely = { interval: [{ interval: '86400s' }] };
/** Runs of one second share a workflow id, so what is triggered in a row says which second it is of. */
const at = (second) => `2030-01-01T00:00:0${second}Z`;
const overlap = (policy) => `SCHEDULE_OVERLAP_POLICY_${policy}`;

function schedule(probe, { spec = rarely, policies, state, action = {} } = {}) {
  return {
    spec,
    policies,
    state,
    action: {
      startWorkflow: {
        workflowId: probe.id('run'),
        workflowType: { name: 'scheduled' },
        taskQueue: { name: probe.queue },
        input: payloads('from the schedule'),
        ...action,
      },
    },
  };
}

async function create(probe, options, request = {}) {
  const scheduleId = probe.id();
  await probe.call('CreateSchedule', { scheduleId, schedule: schedule(probe, options), requestId: randomUUID(), identity: 'conformance', ...request });
  return scheduleId;
}

const describe = (probe, scheduleId) => probe.call('DescribeSchedule', { scheduleId });
const patch = (probe, scheduleId, change, requestId = randomUUID()) => probe.call('PatchSchedule', { scheduleId, patch: change, requestId });
const remove = (probe, scheduleId) => probe.call('DeleteSchedule', { scheduleId });

/** Waits until the schedule's description holds. */
const described = (probe, scheduleId, what, holds) =>
  probe.until(what, async () => {
    const seen = await describe(probe, scheduleId);
    return { holds: holds(seen), seen };
  });

export const scenarios = [
  scenario('a schedule starts its workflow when the time comes and tells of it', { needs }, async (probe) => {
    const scheduleId = await create(probe, {
      spec: { interval: [{ interval: '1s' }] },
      action: { memo: { fields: { plan: payload('blueprint') } } },
      state: { limitedActions: true, remainingActions: 1 },
    });
    const task = await probe.advance([completeWorkflow('done')]);
    const run = task.workflowExecution;
    assert.match(run.workflowId.slice(probe.id('run').length), /^-\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    const [started] = await probe.history(run);
    expectWithin(started, {
      input: ['from the schedule'],
      memo: { fields: { plan: 'blueprint' } },
      searchAttributes: { indexedFields: { TemporalScheduledById: { value: scheduleId }, TemporalScheduledStartTime: { value: /Z$/ } } },
    });
    const { schedule: kept, info } = await described(probe, scheduleId, 'the action is told', ({ info: { actionCount, runningWorkflows } }) => actionCount === 1 && absent(runningWorkflows));
    expectWithin(info.recentActions, [{ startWorkflowResult: { workflowId: run.workflowId, runId: run.runId }, scheduleTime: present, actualTime: present }]);
    expectWithin(kept.state, { limitedActions: true, remainingActions: absent });
    await remove(probe, scheduleId);
  }),

  scenario('a schedule is described as it was made, with what it will do next', { needs }, async (probe) => {
    const scheduleId = await create(
      probe,
      {
        spec: { cronString: ['30 2 * * MON'], timezoneName: 'UTC', jitter: '0s' },
        policies: { overlapPolicy: overlap('BUFFER_ONE'), catchupWindow: '3600s', pauseOnFailure: true },
        state: { notes: 'weekly' },
      },
      { memo: { fields: { owner: payload('dba') } }, searchAttributes: { indexedFields: { ConformanceKeyword: payload('gold', { type: 'Keyword' }) } } },
    );
    const seen = await described(probe, scheduleId, 'the next times are known', ({ info }) => info.futureActionTimes?.length === 10);
    expectWithin(seen, {
      schedule: {
        spec: {
          // A cron text is kept as the calendar that it means.
          structuredCalendar: [{ minute: [{ start: 30 }], hour: [{ start: 2 }], dayOfWeek: [{ start: 1 }] }],
          cronString: absent,
          timezoneName: 'UTC',
        },
        policies: { overlapPolicy: overlap('BUFFER_ONE'), catchupWindow: '3600s', pauseOnFailure: true },
        state: { notes: 'weekly' },
        action: { startWorkflow: { workflowId: probe.id('run'), workflowType: { name: 'scheduled' }, input: ['from the schedule'] } },
      },
      memo: { fields: { owner: 'dba' } },
      searchAttributes: { indexedFields: { ConformanceKeyword: { value: 'gold' } } },
      conflictToken: present,
      info: { createTime: present, actionCount: absent },
    });
    for (const time of seen.info.futureActionTimes) {
      const date = new Date(time);
      assert.deepEqual([date.getUTCDay(), date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()], [1, 2, 30, 0]);
    }
    await remove(probe, scheduleId);
  }),

  scenario('a schedule is triggered by hand, also while it is paused', { needs }, async (probe) => {
    const scheduleId = await create(probe, { state: { paused: true, notes: 'not yet' } });
    await patch(probe, scheduleId, { triggerImmediately: {} });
    const task = await probe.advance([completeWorkflow()]);
    await described(probe, scheduleId, 'the action is told', ({ info }) => info.actionCount === 1);
    await probe.history(task.workflowExecution);
    await remove(probe, scheduleId);
  }),

  scenario('a schedule is paused and unpaused with a note', { needs }, async (probe) => {
    const scheduleId = await create(probe);
    await patch(probe, scheduleId, { pause: 'freeze' });
    await described(probe, scheduleId, 'it is paused', ({ schedule: { state } }) => state?.paused === true && state.notes === 'freeze');
    await patch(probe, scheduleId, { unpause: 'thaw' });
    await described(probe, scheduleId, 'it goes on', ({ schedule: { state } }) => !state?.paused && state?.notes === 'thaw');
    await remove(probe, scheduleId);
  }),

  scenario('a backfill runs the times that have passed', { needs }, async (probe) => {
    const scheduleId = await create(probe, { spec: { interval: [{ interval: '3600s' }] }, state: { paused: true } });
    await patch(probe, scheduleId, {
      backfillRequest: [{ startTime: '2025-01-01T00:30:00Z', endTime: '2025-01-01T02:30:00Z', overlapPolicy: overlap('ALLOW_ALL') }],
    });
    const ids = [];
    for (let run = 0; run < 2; run += 1) {
      ids.push((await probe.advance([completeWorkflow()])).workflowExecution.workflowId);
    }
    assert.deepEqual(ids.sort(), ['2025-01-01T01:00:00Z', '2025-01-01T02:00:00Z'].map((time) => `${probe.id('run')}-${time}`));
    await remove(probe, scheduleId);
  }),

  scenario('overlapping actions are skipped, buffered or allowed as the policy says', { needs }, async (probe) => {
    const scheduleId = await create(probe, { policies: { overlapPolicy: overlap('SKIP') } });
    await patch(probe, scheduleId, { triggerImmediately: {} });
    const first = await probe.workflowTask();
    await patch(probe, scheduleId, { triggerImmediately: { overlapPolicy: overlap('SKIP'), scheduledTime: at(1) } });
    await described(probe, scheduleId, 'the second is skipped', ({ info }) => info.overlapSkipped === 1);
    await patch(probe, scheduleId, { triggerImmediately: { overlapPolicy: overlap('BUFFER_ONE'), scheduledTime: at(2) } });
    await described(probe, scheduleId, 'the third waits', ({ info }) => info.bufferSize === 1);
    await patch(probe, scheduleId, { triggerImmediately: { overlapPolicy: overlap('ALLOW_ALL'), scheduledTime: at(3) } });
    const allowed = await probe.advance([completeWorkflow()]);
    assert.notEqual(allowed.workflowExecution.workflowId, first.workflowExecution.workflowId);
    await probe.reply(first, [completeWorkflow()]);
    await probe.advance([completeWorkflow()]);
    await described(probe, scheduleId, 'three were started', ({ info }) => info.actionCount === 3);
    await remove(probe, scheduleId);
  }),

  scenario('an overlapping action may terminate or cancel what runs', { needs }, async (probe) => {
    const scheduleId = await create(probe);
    await patch(probe, scheduleId, { triggerImmediately: {} });
    const first = await probe.workflowTask();
    await patch(probe, scheduleId, { triggerImmediately: { overlapPolicy: overlap('TERMINATE_OTHER') } });
    const second = await probe.workflowTask();
    const closed = await probe.describe(first.workflowExecution);
    assert.equal(closed.workflowExecutionInfo.status, 'WORKFLOW_EXECUTION_STATUS_TERMINATED');
    await patch(probe, scheduleId, { triggerImmediately: { overlapPolicy: overlap('CANCEL_OTHER') } });
    await probe.until('the second is asked to cancel', async () => {
      const { workflowExtendedInfo: seen } = await probe.describe(second.workflowExecution);
      return { holds: seen.cancelRequested === true, seen };
    });
    await probe.call('TerminateWorkflowExecution', { workflowExecution: second.workflowExecution });
    await remove(probe, scheduleId);
  }),

  scenario('a schedule that pauses on failure does', { needs }, async (probe) => {
    const scheduleId = await create(probe, { policies: { pauseOnFailure: true } });
    await patch(probe, scheduleId, { triggerImmediately: {} });
    await probe.advance([failWorkflow('no')]);
    await described(probe, scheduleId, 'it is paused', ({ schedule: { state } }) => state?.paused === true && present(state.notes));
    await remove(probe, scheduleId);
  }),

  scenario('an update replaces the schedule, unless somebody was faster', { needs }, async (probe) => {
    const scheduleId = await create(probe);
    const { conflictToken } = await describe(probe, scheduleId);
    const update = (notes, token) =>
      probe.call('UpdateSchedule', { scheduleId, schedule: schedule(probe, { state: { notes } }), conflictToken: token, requestId: randomUUID() });
    await update('first', conflictToken);
    const seen = await described(probe, scheduleId, 'the first update holds', ({ schedule: { state } }) => state?.notes === 'first');
    assert.notEqual(seen.conflictToken, conflictToken);
    // A service may refuse the late one or drop it in silence; it must not hold.
    await update('late', conflictToken).catch(({ code }) => assert.equal(code, 'FAILED_PRECONDITION'));
    await patch(probe, scheduleId, { triggerImmediately: {} });
    await probe.advance([completeWorkflow()]);
    assert.equal((await describe(probe, scheduleId)).schedule.state.notes, 'first');
    await remove(probe, scheduleId);
  }),

  scenario('schedules are listed, counted in their ids, and gone when deleted', { needs }, async (probe) => {
    const scheduleId = await create(probe, { state: { paused: true, notes: 'listed' } });
    const find = async () => {
      const { schedules = [] } = await probe.call('ListSchedules', { maximumPageSize: 1000 });
      return schedules.find((each) => each.scheduleId === scheduleId);
    };
    const entry = await probe.until('it is listed', async () => {
      const seen = await find();
      return { holds: present(seen?.info), seen };
    });
    expectWithin(entry, { info: { paused: true, notes: 'listed', workflowType: { name: 'scheduled' } } });
    await probe.refused('CreateSchedule', { scheduleId, schedule: schedule(probe), requestId: randomUUID() }, { code: 'ALREADY_EXISTS' });
    await remove(probe, scheduleId);
    await probe.until('it is gone', async () => {
      const seen = await describe(probe, scheduleId).catch(({ code }) => code);
      return { holds: seen === 'NOT_FOUND', seen };
    });
    await probe.until('it is listed no more', async () => {
      const seen = await find();
      return { holds: seen === undefined, seen };
    });
  }),

  scenario('the times of a schedule can be asked for', { needs }, async (probe) => {
    const days = { second: [{}], minute: [{}], month: [{ start: 1, end: 12 }], dayOfWeek: [{ start: 0, end: 6 }] };
    const scheduleId = await create(probe, {
      spec: {
        structuredCalendar: [{ ...days, hour: [{ start: 6, end: 18, step: 6 }], dayOfMonth: [{ start: 1, end: 2 }] }],
        excludeStructuredCalendar: [{ ...days, hour: [{ start: 12 }], dayOfMonth: [{ start: 2 }] }],
      },
    });
    const { startTime } = await probe.call('ListScheduleMatchingTimes', { scheduleId, startTime: '2030-03-01T00:00:00Z', endTime: '2030-03-31T00:00:00Z' });
    assert.deepEqual(startTime, [
      '2030-03-01T06:00:00Z',
      '2030-03-01T12:00:00Z',
      '2030-03-01T18:00:00Z',
      '2030-03-02T06:00:00Z',
      '2030-03-02T18:00:00Z',
    ]);
    await remove(probe, scheduleId);
  }),

  scenario('a run is handed the last result and the failure since', { needs }, async (probe) => {
    const scheduleId = await create(probe);
    const next = async (second, end, overlapPolicy = overlap('BUFFER_ALL')) => {
      await patch(probe, scheduleId, { triggerImmediately: { overlapPolicy, scheduledTime: at(second) } });
      const task = await probe.advance([end]);
      const [started] = await probe.history(task.workflowExecution, `run ${second}`);
      return started;
    };
    expectWithin(await next(1, completeWorkflow('one')), { lastCompletionResult: absent, continuedFailure: absent });
    expectWithin(await next(2, failWorkflow('broken')), { lastCompletionResult: ['one'], continuedFailure: absent });
    expectWithin(await next(3, completeWorkflow('three')), { lastCompletionResult: ['one'], continuedFailure: { message: 'broken' } });
    expectWithin(await next(4, completeWorkflow('beside'), overlap('ALLOW_ALL')), { lastCompletionResult: absent, continuedFailure: absent });
    expectWithin(await next(5, completeWorkflow()), { lastCompletionResult: ['three'], continuedFailure: absent });
    await remove(probe, scheduleId);
  }),

  scenario('a change that is asked for twice is made once', { needs }, async (probe) => {
    const scheduleId = await create(probe, { policies: { overlapPolicy: overlap('ALLOW_ALL') } });
    const requestId = randomUUID();
    await patch(probe, scheduleId, { triggerImmediately: { scheduledTime: at(1) } }, requestId);
    await patch(probe, scheduleId, { triggerImmediately: { scheduledTime: at(2) } }, requestId);
    await patch(probe, scheduleId, { triggerImmediately: { scheduledTime: at(3) } });
    const { info } = await described(probe, scheduleId, 'two were started', ({ info: { actionCount } }) => actionCount === 2);
    assert.deepEqual(info.recentActions.map(({ scheduleTime }) => scheduleTime), [at(1), at(3)]);
    await remove(probe, scheduleId);
  }),

  scenario('the clocks of a time zone decide, also when they are changed', { needs }, async (probe) => {
    const scheduleId = await create(probe, { spec: { cronString: ['CRON_TZ=America/New_York 30 1,2 * * *'] } });
    const times = async (startTime, endTime) => (await probe.call('ListScheduleMatchingTimes', { scheduleId, startTime, endTime })).startTime;
    // Half past two is skipped in March, half past one comes twice in November.
    assert.deepEqual(await times('2027-03-13T12:00:00Z', '2027-03-15T12:00:00Z'), ['2027-03-14T06:30:00Z', '2027-03-15T05:30:00Z', '2027-03-15T06:30:00Z']);
    assert.deepEqual(await times('2027-11-06T12:00:00Z', '2027-11-07T12:00:00Z'), ['2027-11-07T05:30:00Z', '2027-11-07T06:30:00Z', '2027-11-07T07:30:00Z']);
    assert.equal((await describe(probe, scheduleId)).schedule.spec.timezoneName, 'America/New_York');
    await remove(probe, scheduleId);
  }),

  scenario('schedules are found and counted by what they may be searched for', { needs }, async (probe) => {
    const scheduleId = await create(probe, { state: { paused: true } });
    const find = async (query) => ((await probe.call('ListSchedules', { query })).schedules ?? []).map((each) => each.scheduleId);
    await probe.until('it is found', async () => {
      const seen = await find(`ScheduleId = '${scheduleId}' AND TemporalSchedulePaused = true`);
      return { holds: seen.includes(scheduleId), seen };
    });
    assert.deepEqual(await find(`ScheduleId = '${scheduleId}' AND TemporalSchedulePaused = false`), []);
    assert.deepEqual(await find(`ScheduleId STARTS_WITH '${scheduleId}' AND NOT ScheduleId = 'another'`), [scheduleId]);
    assert.equal((await probe.call('CountSchedules', { query: `ScheduleId IN ('${scheduleId}', 'another')` })).count, 1);
    for (const query of ["WorkflowId = 'a'", "StartTime > '2020-01-01T00:00:00Z'", 'Never = 1', 'ScheduleId', 'GROUP BY ExecutionStatus']) {
      await probe.refused('ListSchedules', { query }, { code: 'INVALID_ARGUMENT' });
    }
    await remove(probe, scheduleId);
  }),

  scenario('a schedule that makes no sense is refused', { needs }, async (probe) => {
    const request = (spec, action) => ({ scheduleId: probe.id(), schedule: schedule(probe, { spec, action }), requestId: randomUUID() });
    for (const bad of [
      request({ cronString: ['every now and then'] }),
      request({ interval: [{ interval: '0.5s' }] }),
      request({ structuredCalendar: [{ hour: [{ start: 30 }] }] }),
      request({ ...rarely, timezoneName: 'Middle/Earth' }),
      request(rarely, { workflowType: { name: '' } }),
      request(rarely, { taskQueue: { name: '' } }),
    ]) {
      await probe.refused('CreateSchedule', bad, { code: 'INVALID_ARGUMENT' });
    }
    await probe.refused('DescribeSchedule', { scheduleId: probe.id('nothing') }, { code: 'NOT_FOUND' });
    await probe.refused('PatchSchedule', { scheduleId: probe.id('nothing'), patch: { pause: 'x' }, requestId: randomUUID() }, { code: 'NOT_FOUND' });
  }),
];
