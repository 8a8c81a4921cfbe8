// Which part of a time was gate's and git's, by their own records; what is left is ours.

/** @typedef {[number, number]} Span from when to when, in milliseconds since 1970 */

/**
 * Returns for how long at least one of the spans was going on within a time; where several overlap, it counts once.
 *
 * @param {Span[]} spans
 * @param {Span} within
 */
export function covered(spans, [from, to]) {
  let [sum, end] = [0, from];
  for (const [begin, until] of spans.toSorted(([a], [b]) => a - b)) {
    const [left, right] = [Math.max(begin, end), Math.min(until, to)];
    if (right > left) {
      sum += right - left;
      end = right;
    }
  }
  return sum;
}

/**
 * Reads what git has written by `GIT_TRACE2_EVENT`: from when to when each git ran that came to its end, and which
 * commands were begun by others than git.
 *
 * @param {string} text
 * @returns {{ spans: Span[], commands: string[] }}
 */
export function gitRuns(text) {
  const begun = new Map();
  const spans = [];
  const commands = [];
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const { event, sid, time, t_abs, argv } = JSON.parse(line);
    if (event === 'start') {
      begun.set(sid, milliseconds(time) - t_abs * 1000);
      if (!sid.includes('/')) commands.push(commandIn(argv));
    } else if (event === 'atexit') spans.push([begun.get(sid), milliseconds(time)]);
  }
  return { spans, commands };
}

/** Returns how often each word occurs, the most frequent first. */
export function tally(words) {
  const counts = new Map();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return Object.fromEntries([...counts].toSorted(([, a], [, b]) => b - a));
}

/** `Date` knows no parts of a millisecond. */
function milliseconds(time) {
  const [, seconds, fraction] = /^(.*?)(\.\d+)?Z$/.exec(time);
  return Date.parse(`${seconds}Z`) + Number(fraction ?? 0) * 1000;
}

function commandIn(argv) {
  let index = 1;
  while (argv[index]?.startsWith('-')) index += argv[index] === '-c' || argv[index] === '-C' ? 2 : 1;
  return argv[index] ?? '';
}
