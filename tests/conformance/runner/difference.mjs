/**
 * Where two lists of entries differ: `-` what only the first has, `+` what only the second has, `~` a part in which an
 * entry that both have is not the same. Two entries are the same one when their keys are.
 */
export function difference(first, second) {
  const common = longestCommon(first, second);
  const told = [];
  let one = 0;
  let other = 0;
  while (one < first.length || other < second.length) {
    if (one < first.length && other < second.length && first[one].key === second[other].key) {
      const parts = differingParts(first[one].content, second[other].content, '');
      told.push(...parts.map((part) => ({ mark: '~', key: first[one].key, part })));
      one += 1;
      other += 1;
    } else if (other >= second.length || (one < first.length && common[one + 1][other] >= common[one][other + 1])) {
      told.push({ mark: '-', key: first[one].key, part: JSON.stringify(first[one].content) });
      one += 1;
    } else {
      told.push({ mark: '+', key: second[other].key, part: JSON.stringify(second[other].content) });
      other += 1;
    }
  }
  return told;
}

function differingParts(first, second, path) {
  const isRecord = (value) => value !== null && typeof value === 'object';
  if (isRecord(first) && isRecord(second) && Array.isArray(first) === Array.isArray(second)) {
    const names = new Set([...Object.keys(first), ...Object.keys(second)]);
    return [...names].flatMap((name) => differingParts(first[name], second[name], path ? `${path}.${name}` : name));
  }
  return JSON.stringify(first) === JSON.stringify(second) ? [] : [`${path}: ${tell(first)} | ${tell(second)}`];
}

function tell(value) {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}

/** `table[i][j]`: how many entries the rests from i and j have in common, in order. */
function longestCommon(first, second) {
  const table = Array.from({ length: first.length + 1 }, () => new Uint32Array(second.length + 1));
  for (let one = first.length - 1; one >= 0; one -= 1) {
    for (let other = second.length - 1; other >= 0; other -= 1) {
      table[one][other] =
        first[one].key === second[other].key ? table[one + 1][other + 1] + 1 : Math.max(table[one + 1][other], table[one][other + 1]);
    }
  }
  return table;
}
