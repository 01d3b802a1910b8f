/** The lines that only one side has, in order: `- ` the first's, `+ ` the second's. Empty when both tell the same. */
export function difference(first, second) {
  const common = longestCommon(first, second);
  const told = [];
  let one = 0;
  let other = 0;
  while (one < first.length || other < second.length) {
    if (one < first.length && other < second.length && first[one] === second[other]) {
      one += 1;
      other += 1;
    } else if (other >= second.length || (one < first.length && common[one + 1][other] >= common[one][other + 1])) {
      told.push(`- ${first[one]}`);
      one += 1;
    } else {
      told.push(`+ ${second[other]}`);
      other += 1;
    }
  }
  return told;
}

/** `table[i][j]`: how many lines the rests from i and j have in common, in order. */
function longestCommon(first, second) {
  const table = Array.from({ length: first.length + 1 }, () => new Uint32Array(second.length + 1));
  for (let one = first.length - 1; one >= 0; one -= 1) {
    for (let other = second.length - 1; other >= 0; other -= 1) {
      table[one][other] =
        first[one] === second[other] ? table[one + 1][other + 1] + 1 : Math.max(table[one + 1][other], table[one][other + 1]);
    }
  }
  return table;
}
