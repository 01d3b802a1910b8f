// The same replays by the TypeScript worker: node typescript.mjs <file with the history as JSON> [folder with node_modules]
import { readFileSync, writeFileSync, mkdtempSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';

const SIDE_BY_SIDE = 8;
const ACTIVATIONS_A_ROUND = 8_000;
const ROUNDS = 3;

const modules = path.resolve(process.argv[3] ?? path.join(import.meta.dirname, '..', '..', 'tests', 'conformance'));
const { Worker, bundleWorkflowCode, Runtime, makeTelemetryFilterString } = createRequire(path.join(modules, 'package.json'))('@temporalio/worker');
Runtime.install({ telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }), forward: {} } }, logger: { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error: console.error } });

const history = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const ticks = history.events.filter((event) => event.eventType.endsWith('TIMER_STARTED')).length;

// Beside the modules, because the bundler resolves imports from where the file is.
const folder = mkdtempSync(path.join(modules, 'node_modules', '.bench-'));
const workflowsPath = path.join(folder, 'workflows.js');
writeFileSync(workflowsPath, `
  import { sleep } from '@temporalio/workflow';
  export async function ticking(ticks) { for (let i = 0; i < ticks; i++) await sleep(1000); }
`);
const workflowBundle = await bundleWorkflowCode({ workflowsPath, logger: { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error: console.error } });

const historiesEach = Math.max(1, Math.floor(ACTIVATIONS_A_ROUND / SIDE_BY_SIDE / ticks));
const activationsEachRound = historiesEach * SIDE_BY_SIDE * (ticks + 1);

async function replay(replayName) {
  const histories = Array.from({ length: historiesEach }, (_, i) => ({ workflowId: `bench-${i}`, history }));
  for await (const result of Worker.runReplayHistories({ workflowBundle, replayName }, histories)) {
    if (result.error) throw result.error;
  }
}

const rates = [];
let used;
for (let round = 0; round <= ROUNDS; round++) {
  const begun = performance.now();
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, (_, i) => replay(`${round}-${i}`)));
  const rate = (activationsEachRound * 1000) / (performance.now() - begun);
  console.log(`round ${round}: ${Math.round(rate)} activations/s${round === 0 ? ' (cold)' : ''}`);
  if (round === 0) used = process.cpuUsage();
  else rates.push(rate);
}
const { user, system } = process.cpuUsage(used);
const each = (user + system) / (activationsEachRound * ROUNDS);
console.log(`best ${Math.round(Math.max(...rates))} activations/s, histories of ${ticks} timers; processor time of one: ${Math.round(each)} us; TypeScript worker, ${os.availableParallelism()} processors`);
process.exit(0);
