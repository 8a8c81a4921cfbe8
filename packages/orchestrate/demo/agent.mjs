#!/usr/bin/env node
// The scripted agent of the demo. It does what the task's description says, line by line, as a coding agent would do
// what its prompt says: it edits files, takes a while, sometimes commits, sometimes fails. Called again when its work
// cannot land, it mends what it can.
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const VERBS = {
  work: (seconds) => pause(Number(seconds) * 1000),
  write: (file, text) => writeFileSync(prepared(file), `${text}\n`),
  append: (file, text) => appendFileSync(prepared(file), `${text}\n`),
  replace: (file, text) => {
    const [from, to] = text.split(' => ');
    writeFileSync(file, readFileSync(file, 'utf8').replace(from, to));
  },
  commit: (message) => {
    execFileSync('git', ['add', '-A']);
    execFileSync('git', ['commit', '-q', '-m', message]);
  },
  fail: (message) => {
    console.error(message);
    process.exitCode = 3;
  },
};

function prepared(file) {
  mkdirSync(dirname(file), { recursive: true });
  return file;
}

/** Called again as the resolver: it keeps both sides of each conflict, as the task asks. */
function keepBoth(file) {
  const lines = readFileSync(file, 'utf8').split('\n');
  let inBase = false;
  const kept = lines.filter((line) => {
    if (line.startsWith('||||||| ')) inBase = true;
    if (line === '=======') inBase = false;
    return !inBase && !/^(<{7} |={7}$|>{7} )/.test(line);
  });
  writeFileSync(file, kept.join('\n'));
  console.log(`kept both sides of ${file}`);
}

const prompt = readFileSync(0, 'utf8');
const packet = process.env.RALPH_HANDOFF;
const handoff = packet === undefined ? undefined : JSON.parse(readFileSync(packet, 'utf8'));
console.log(`working on ${process.env.RALPH_TASK_ID}: ${process.env.RALPH_TASK_TITLE}`);
for (const file of handoff?.conflict_files ?? []) keepBoth(file);
// After a red gate only what the task says about that is done.
const steps = handoff === undefined ? /^> (?!if-red)(\w+) (.*)$/ : /^> if-red (\w+) (.*)$/;
for (const line of prompt.split('\n')) {
  const [, verb, rest = ''] = steps.exec(line) ?? [];
  if (verb === undefined || !Object.hasOwn(VERBS, verb)) continue;
  console.log(`${verb} ${rest}`);
  const [file, ...words] = rest.split(': ');
  await (VERBS[verb].length === 2 ? VERBS[verb](file, words.join(': ')) : VERBS[verb](rest));
  if (process.exitCode) break;
}
