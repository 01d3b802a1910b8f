/** Runs the scenarios, several at once, and hands each outcome to `report` as soon as it is known. */
export async function runScenarios(scenarios, suite, { atOnce, report }) {
  // Those that may take longest go first, so that none of them is left over at the end.
  const waiting = scenarios.toSorted((one, other) => other.seconds - one.seconds);
  const outcomes = [];

  async function lane() {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const outcome = await runOne(next, suite);
      outcomes.push(outcome);
      report(outcome);
    }
  }

  await Promise.all(Array.from({ length: atOnce }, lane));
  return outcomes;
}

async function runOne(scenario, suite) {
  const { name, needs, lacking } = scenario;
  if (lacking.length > 0) {
    return { name, needs, outcome: 'skipped', reason: `The service lacks: ${lacking.join(', ')}.` };
  }

  const started = performance.now();
  const probe = suite.probe(scenario);
  let failure;
  try {
    await withinLimit(scenario, probe);
  } catch (error) {
    failure = error;
  }
  await probe.close();

  const outcome = { name, needs, outcome: failure ? 'failed' : 'passed', milliseconds: Math.round(performance.now() - started) };
  return failure ? { ...outcome, error: describe(failure), ...probe.evidence() } : { ...outcome, ...probe.evidence() };
}

async function withinLimit({ name, seconds, run }, probe) {
  let timer;
  const limit = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`"${name}" did not end within ${seconds} s.`)), seconds * 1000);
  });
  try {
    await Promise.race([run(probe), limit, ...(probe.broken ? [probe.broken] : [])]);
  } finally {
    clearTimeout(timer);
  }
}

function describe(error) {
  // The scenario's own line says more than the library's.
  const line = String(error?.stack ?? '').split('\n').find((frame) => frame.includes('/scenarios/'));
  return [error?.message ?? String(error), line?.trim()].filter(Boolean).join('\n');
}
