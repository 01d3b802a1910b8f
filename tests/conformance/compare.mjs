import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { difference } from './runner/difference.mjs';
import { loadSuite, select } from './runner/scenario.mjs';
import { runScenarios } from './runner/run.mjs';
import { open } from './suites/temporal.mjs';
import { lines } from './temporal/normalise.mjs';

const usage = `node compare.mjs ONE OTHER [--only WORDS]... [--at-once N] [--json]

  ONE, OTHER   each an address (HOST:PORT) to run the suite against, or the file of an earlier run (run.mjs --json)

Runs the same scenarios against both and tells where their histories and refusals differ, event by event.
Ids, times, tokens, identities and the services' own wording are left out.`;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string', multiple: true, default: [] },
    'at-once': { type: 'string', default: '16' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (options.help || positionals.length !== 2) {
  console.log(usage);
  process.exit(options.help ? 0 : 2);
}

const scenarios = select(await loadSuite('temporal'), { only: options.only, without: [] });
// One after the other: two services on one machine would take each other's time.
const one = await outcomes(positionals[0]);
const other = await outcomes(positionals[1]);

let differing = 0;
for (const { name } of scenarios) {
  const verdict = compare(name, one.get(name), other.get(name));
  differing += verdict.same ? 0 : 1;
  tell(verdict);
}
if (!options.json) {
  console.log(`${scenarios.length - differing} the same, ${differing} different`);
}
process.exit(differing > 0 ? 1 : 0);

async function outcomes(source) {
  const told = existsSync(source) ? await readOutcomes(source) : await runAgainst(source);
  return new Map(told.map((outcome) => [outcome.name, outcome]));
}

async function readOutcomes(file) {
  const text = await readFile(file, 'utf8');
  return text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
}

async function runAgainst(address) {
  const suite = await open({ address });
  const told = await runScenarios(scenarios, suite, { atOnce: Number(options['at-once']), report: () => {} });
  await suite.close();
  return told;
}

function compare(name, first, second) {
  for (const [side, outcome] of [['first', first], ['second', second]]) {
    if (outcome?.outcome !== 'passed') {
      return { name, same: false, lines: [`${outcome?.outcome ?? 'not run'} on the ${side}: ${outcome?.error ?? ''}`] };
    }
  }
  const told = difference(first.records.flatMap(lines), second.records.flatMap(lines));
  return { name, same: told.length === 0, lines: told };
}

function tell(verdict) {
  if (options.json) {
    console.log(JSON.stringify(verdict));
  } else if (!verdict.same) {
    console.log(`${verdict.name}\n${verdict.lines.map((line) => `  ${line}`).join('\n')}`);
  }
}
