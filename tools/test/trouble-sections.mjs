// Reads docs/trouble.md: a section for each failure code, and the commands of ours that it names.

const SECTION = /^### `(\w+)`\n([\s\S]*?)(?=^##|(?![\s\S]))/gm;
const COMMAND = /^(?:ralph-\w+|git|chmod|fuser) /;
const OURS = /^ralph-(?:lock|state|worker|integrate|orchestrate) /;

/** Returns for each code its status, meaning, what was kept, what is next, and the commands in that. */
export function sectionsOf(page) {
  return [...page.matchAll(SECTION)].map(([, code, body]) => {
    const { status = '', means = '' } = /^\nStatus (?<status>\d+)\. (?<means>[\s\S]*?)\n\n/.exec(body)?.groups ?? {};
    const kept = /^- \*\*Kept:\*\* ([\s\S]*?)(?=^- )/m.exec(body)?.[1] ?? '';
    const next = /^- \*\*Next:\*\* ([\s\S]*?)\n\n/m.exec(`${body}\n\n`)?.[1] ?? '';
    return {
      code,
      status: Number(status),
      means,
      kept,
      next,
      commands: spansOf(next).filter((span) => COMMAND.test(span)),
    };
  });
}

/** Returns the last cells of all rows of tables. */
export function tableCells(page) {
  return [...page.matchAll(/^\|.*\| (.*) \|$/gm)].map((match) => match[1]);
}

/** Returns every call of a program of ours that stands as code in a text, once; of a pipe, each part. */
export function callsIn(text) {
  const calls = spansOf(text).flatMap((span) => span.split(/ \| | && /));
  return [...new Set(calls.filter((call) => OURS.test(call)))];
}

/** Returns the words of a line that quotes with ' alone. */
export function wordsOf(call) {
  return [...call.matchAll(/'([^']*)'|\S+/g)].map((match) => match[1] ?? match[0]);
}

function spansOf(text) {
  return [...text.matchAll(/`([^`]+)`/g)].map((match) => match[1].replaceAll('\n', ' '));
}
