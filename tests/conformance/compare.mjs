import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { difference } from './runner/difference.mjs';
import { loadSuite, select } from './runner/scenario.mjs';
import { runScenarios } from './runner/run.mjs';
import { open } from './suites/temporal.mjs';
import { entries } from './temporal/normalise.mjs';

const usage = `node compare.mjs ONE OTHER [--only WORDS]... [--at-once N] [--summary | --json] [--all]

  ONE, OTHER   each an address (HOST:PORT) to run the suite against, or the file of an earlier run (run.mjs --json)

  --summary    which differences there are and how often, instead of where
  --all        also those that differences.json lists with their reasons

Runs the same scenarios against both and tells where their histories and refusals differ, event by event.
Of events that both have, the parts that are not the same are told: first | second. Ids, times, tokens, identities and the services' own wording are left out.`;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string', multiple: true, default: [] },
    'at-once': { type: 'string', default: '8' },
    summary: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    all: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (options.help || positionals.length !== 2) {
  console.log(usage);
  process.exit(options.help ? 0 : 2);
}

const known = options.all ? [] : JSON.parse(await readFile(new URL('differences.json', import.meta.url), 'utf8'));
const scenarios = select(await loadSuite('temporal'), { only: options.only, without: [] });
// One after the other: two services on one machine would take each other's time.
const one = await outcomes(positionals[0]);
const other = await outcomes(positionals[1]);

const verdicts = scenarios.map(({ name }) => compare(name, one.get(name), other.get(name)));
const differing = verdicts.filter(({ same }) => !same);
if (options.json) {
  verdicts.forEach((verdict) => console.log(JSON.stringify(verdict)));
} else if (options.summary) {
  tellSummary(differing);
} else {
  differing.forEach(tell);
}
if (!options.json) {
  console.log(`${verdicts.length - differing.length} the same, ${differing.length} different`);
}
process.exit(differing.length > 0 ? 1 : 0);

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
  const differences = [['-', first], ['+', second]]
    .filter(([, outcome]) => outcome?.outcome !== 'passed')
    .map(([mark, outcome]) => ({ mark, key: outcome?.outcome ?? 'not run', part: outcome?.error ?? outcome?.reason ?? '' }));
  if (differences.length === 0) {
    const found = difference(first.records.flatMap(entries), second.records.flatMap(entries));
    differences.push(...found.filter((each) => !isKnown(name, each)));
  }
  return { name, same: differences.length === 0, differences };
}

/** A known difference is one part of one kind of event, wherever it shows or in one scenario; or all that one scenario sees. */
function isKnown(name, { mark, key, part }) {
  return known.some(
    (each) =>
      (each.scenario ?? name) === name &&
      (each.part === undefined || (mark === '~' && `${kindOf(key)} ${part}`.startsWith(`${each.part}:`))),
  );
}

/** The key without the record's label. */
function kindOf(key) {
  return /[A-Z]\w+( refused)?$/.exec(key)?.[0] ?? key;
}

function tell({ name, differences }) {
  console.log(name);
  for (const { mark, key, part } of differences) {
    console.log(`  ${mark} ${key} ${part}`);
  }
}

function tellSummary(verdicts) {
  const counts = new Map();
  for (const { mark, key, part } of verdicts.flatMap(({ differences }) => differences)) {
    // Of a whole event only its name: that it is there or not says enough.
    const line = mark === '~' || key === 'failed' ? `${mark} ${kindOf(key)} ${part.split('\n')[0]}` : `${mark} ${kindOf(key)}`;
    counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  for (const [line, count] of [...counts].sort(([, one], [, other]) => other - one)) {
    console.log(`${String(count).padStart(5)} ${line}`);
  }
}
