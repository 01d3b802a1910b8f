import { parseArgs } from 'node:util';
import { loadSuite, select } from './runner/scenario.mjs';
import { runScenarios } from './runner/run.mjs';

const usage = `node run.mjs --address HOST:PORT [--suite temporal|grpc] [--only WORDS]... [--without FEATURE]... [--at-once N] [--json]
node run.mjs --list [--suite temporal|grpc] [--json]

  --only WORDS       scenarios whose names contain the words; may be repeated
  --without FEATURE  skip scenarios that need the feature; may be repeated
  --at-once N        scenarios under way at the same time (default 8)
  --json             one JSON object a line, with the histories that were seen`;

const { values: options } = parseArgs({
  options: {
    address: { type: 'string' },
    suite: { type: 'string', default: 'temporal' },
    only: { type: 'string', multiple: true, default: [] },
    without: { type: 'string', multiple: true, default: [] },
    'at-once': { type: 'string', default: '8' },
    list: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (options.help || (!options.list && !options.address)) {
  console.log(usage);
  process.exit(options.help ? 0 : 2);
}

const scenarios = select(await loadSuite(options.suite), options);
if (options.list) {
  for (const { name, needs } of scenarios) {
    console.log(options.json ? JSON.stringify({ name, needs }) : name);
  }
  process.exit(0);
}

const { open } = await import(`./suites/${options.suite}.mjs`);
const suite = await open({ address: options.address });
const outcomes = await runScenarios(scenarios, suite, {
  atOnce: Number(options['at-once']),
  report: options.json ? (outcome) => console.log(JSON.stringify(outcome)) : print,
});
await suite.close();

const failed = outcomes.filter(({ outcome }) => outcome === 'failed').length;
if (!options.json) {
  const passed = outcomes.filter(({ outcome }) => outcome === 'passed').length;
  console.log(`${passed} passed, ${failed} failed, ${outcomes.length - passed - failed} skipped`);
}
// A connection or worker that outlives its scenario must not keep the verdict waiting.
process.exit(failed > 0 || outcomes.length === 0 ? 1 : 0);

function print({ name, outcome, milliseconds, reason, error, trail }) {
  console.log(`${outcome.padEnd(7)} ${name}${milliseconds === undefined ? '' : ` (${milliseconds} ms)`}${reason ? ` ${reason}` : ''}`);
  if (error) {
    console.log(indent(error));
    console.log(indent(['last calls:', ...(trail ?? [])].join('\n')));
  }
}

function indent(text) {
  return text.replace(/^/gm, '        ');
}
