// What a file may be called and how long it may be.

const CEILING = 300;
const USUAL = 150;
const SHARE = 0.2;
const VAGUE = /(?:^|[-_.])(?:utils?|helpers?)(?:$|[-_.])/i;

/** Readers elsewhere would have to know its versions, writers its lock. */
const STATE_OWNER = 'packages/state/src/store/state-store.ts';

/** It ends the process when everything has left it. */
const LEAVER = 'packages/protocol/src/cli/leave.ts';

/** Those who read on when a signal comes, and what only tests use. */
const READERS = ['/process/read-again.ts', '/src/testing/'];

/** Checks names, lengths, barrels and entries. */
export function checkFiles(files) {
  return [...files.flatMap(checkFile), ...checkShare(files)];
}

function checkFile(file) {
  const problems = [];
  const report = (message, line = 1) => problems.push({ file: file.path, line, message });
  const segments = file.path.split('/').slice(1);
  const vague = segments.find((segment) => VAGUE.test(segment));
  if (vague !== undefined) report(`"${vague}" says nothing: name it after what it holds`);
  if (segments.some((segment) => /[A-Z]/.test(segment))) report('file names are in kebab-case');
  if (/^index\.\w+$/.test(segments.at(-1) ?? '')) report('no index files: import the file that has it');
  else if (isBarrel(file.text)) report('only passes on the exports of others');
  if (file.lines.length > CEILING) report(`${file.lines.length} lines: the limit is ${CEILING}`, CEILING + 1);
  if (/^packages\/[^/]+\/src\/bin\.ts$/.test(file.path) && file.lines.length !== 3) report('an entry has three lines');
  if (file.path.includes('/src/')) {
    file.text.split('\n').forEach((line, index) => {
      if (/\bprocess\.exit\(/.test(line) && file.path !== LEAVER)
        report('process.exit() cuts off what was written: return a status', index + 1);
      if (/\bRALPH_PATHS\.state\b/.test(line) && file.path !== STATE_OWNER)
        report(`the state file is only touched by ${STATE_OWNER}`, index + 1);
      if (isBareRead(line) && !READERS.some((reader) => file.path.includes(reader)))
        report('a signal ends a bare read: use readAgain, readFrom or bytesOfFile', index + 1);
    });
  }
  return problems;
}

/** What is read of /proc comes from the system itself, which no signal keeps waiting. */
function isBareRead(line) {
  return /\breadSync\(|\breadFileSync\((?!\s*['`]\/proc)|\b(?:file|handle)\.read\(/.test(line);
}

function isBarrel(text) {
  const rest = text.replace(/^\s*export\b[^'";]*\bfrom\s*['"][^'"]+['"];?/gm, '');
  return rest !== text && rest.trim() === '';
}

function checkShare(files) {
  const long = files.filter((file) => file.lines.length > USUAL);
  if (long.length <= files.length * SHARE) return [];
  const percent = Math.round((100 * long.length) / files.length);
  const worst = long.toSorted((a, b) => b.lines.length - a.lines.length)[0];
  return [
    {
      file: worst.path,
      line: 1,
      message: `${percent} % of the files exceed ${USUAL} lines (at most ${SHARE * 100} %): this one most`,
    },
  ];
}
