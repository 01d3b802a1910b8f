import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('../scenarios/', import.meta.url));

/**
 * One behaviour, told as a sentence. `needs` names the features without which it cannot run; `seconds` is its hard limit.
 * `run` gets the suite's probe and throws when the behaviour is not there.
 */
export function scenario(sentence, { needs = [], seconds = 60 }, run) {
  return { sentence, needs, seconds, run };
}

/** Every scenario of a suite, named `file: sentence`, in the order of the files' names. */
export async function loadSuite(suite) {
  const folder = path.join(root, suite);
  const files = (await readdir(folder)).filter((file) => file.endsWith('.mjs')).sort();
  const loaded = [];
  for (const file of files) {
    const subject = path.basename(file, '.mjs');
    const { scenarios } = await import(pathToFileURL(path.join(folder, file)));
    for (const each of scenarios) {
      loaded.push({ ...each, name: `${subject}: ${each.sentence}` });
    }
  }
  refuseDuplicates(loaded);
  return loaded;
}

export function select(scenarios, { only, without }) {
  const phrases = only.map((phrase) => phrase.toLowerCase());
  return scenarios
    .filter(({ name }) => phrases.length === 0 || phrases.some((phrase) => name.toLowerCase().includes(phrase)))
    .map((each) => ({ ...each, lacking: each.needs.filter((feature) => without.includes(feature)) }));
}

function refuseDuplicates(scenarios) {
  const seen = new Set();
  for (const { name } of scenarios) {
    if (seen.has(name)) {
      throw new Error(`Two scenarios are called "${name}".`);
    }
    seen.add(name);
  }
}
