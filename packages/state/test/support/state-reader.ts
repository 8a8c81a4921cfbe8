import { spawn } from 'node:child_process';
import { onTestFinished } from 'vitest';

/** Reads the file again and again in a process of its own, until its stdin ends. */
const READER = `
  const { readFileSync } = require('node:fs');
  const [path] = process.argv.slice(1);
  const wrong = [];
  let [readings, last, reading] = [0, 0, true];
  process.stdin.on('end', () => (reading = false)).resume();
  const read = () => {
    const text = readFileSync(path, 'utf8');
    readings += 1;
    try {
      const { revision = 0, workers } = JSON.parse(text);
      if (revision < last) wrong.push('revision ' + revision + ' after ' + last);
      if (workers.length !== revision - 1) wrong.push(workers.length + ' records at revision ' + revision);
      last = revision;
    } catch {
      wrong.push(text);
    }
    if (reading) setImmediate(read);
    else console.log(JSON.stringify({ readings, wrong }));
  };
  read();
`;

export interface Readings {
  readonly readings: number;
  /** What was torn, older than what was read before, or not one record for each revision after the first. */
  readonly wrong: readonly string[];
}

/** Starts to read a state file without a pause; the function that is returned ends it and tells what was seen. */
export function startReader(path: string): () => Promise<Readings> {
  const child = spawn(process.execPath, ['-e', READER, path], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  const ended = new Promise<void>((resolve) => void child.on('close', () => resolve()));
  return async () => {
    child.stdin.end();
    await ended;
    return JSON.parse(stdout) as Readings;
  };
}
