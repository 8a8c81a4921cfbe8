import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { parseJsonc } from '../../process/read-jsonc.ts';
import { hostileRun, type HostileCall, type HostileEnd } from './hostile-run.ts';

/** What a program is called with, and how it is made. */
export interface ProgramTarget {
  readonly name: string;
  /** How many calls of the short form are its own. */
  readonly calls: number;
  /** How many inputs one call has, such as lines. */
  readonly inputsEach: number;
  readonly inputs: fc.Arbitrary<Buffer | readonly string[]>;
  /** Puts the input where it belongs and says how the program is called. */
  prepare(input: Buffer | readonly string[]): Omit<HostileCall, 'cwd'>;
  /** Files that such a call must leave as they are, byte for byte. */
  readonly untouched?: readonly string[];
  /** Files that such a call may write, each as a whole: afterwards they are as they were, or JSON to the end. */
  readonly whole?: readonly string[];
}

export interface ProgramFigures {
  readonly calls: number;
  readonly inputs: number;
  readonly peakMb: number;
  readonly statuses: ReadonlyMap<number | null, number>;
  /** What was wrong, with the input that showed it, a few of them. */
  readonly faults: readonly string[];
}

/** Calls a program with hostile inputs in a repository and prints what came of it. */
export async function fuzzPrograms(
  targets: readonly ProgramTarget[],
  { root, folder, seed, times = 1 }: { root: string; folder: string; seed: number; times?: number },
): Promise<ProgramFigures> {
  const statuses = new Map<number | null, number>();
  const faults: string[] = [];
  let [calls, inputs, peakMb] = [0, 0, 0];
  for (const target of targets) {
    let slowest = 0;
    for (const input of fc.sample(target.inputs, { seed, numRuns: target.calls * times })) {
      const call = { ...target.prepare(input), cwd: root };
      const before = bytesOf(root, target.untouched ?? []);
      const written = bytesOf(root, target.whole ?? []);
      const end = await hostileRun(folder, call);
      const wrong = [
        ...end.faults,
        ...changedSince(root, before),
        ...draftsIn(join(root, '.ralph')),
        ...(await tornSince(root, written)),
      ];
      if (wrong.length > 0) faults.push(told(target.name, call, input, end, wrong));
      statuses.set(end.status, (statuses.get(end.status) ?? 0) + 1);
      [calls, inputs, peakMb] = [calls + 1, inputs + target.inputsEach, Math.max(peakMb, end.peakMb)];
      slowest = Math.max(slowest, end.cpuMs);
    }
    process.stdout.write(`  ${target.name.padEnd(40)}${target.calls * times} calls, ${slowest.toFixed()} ms\n`);
  }
  const shown = [...statuses].map(([status, count]) => `${status}: ${count}`).join(', ');
  process.stdout.write(`  ${inputs} inputs in ${calls} calls, at most ${peakMb.toFixed()} MB; statuses ${shown}\n`);
  return { calls, inputs, peakMb, statuses, faults: faults.slice(0, 5) };
}

function bytesOf(root: string, names: readonly string[]): ReadonlyMap<string, Buffer | undefined> {
  return new Map(names.map((name) => [name, readIfThere(join(root, name))]));
}

function changedSince(root: string, before: ReadonlyMap<string, Buffer | undefined>): string[] {
  return [...before].flatMap(([name, bytes]) => {
    const now = readIfThere(join(root, name));
    const same = bytes === undefined ? now === undefined : now?.equals(bytes) === true;
    return same ? [] : [`${name} is another one now`];
  });
}

async function tornSince(root: string, before: ReadonlyMap<string, Buffer | undefined>): Promise<string[]> {
  const torn: string[] = [];
  for (const [name, bytes] of before) {
    const now = readIfThere(join(root, name));
    if (now === undefined ? bytes === undefined : bytes?.equals(now) === true) continue;
    const problem = await parseJsonc(now?.toString() ?? '', name, 'state_corrupt').then(
      () => undefined,
      (error: unknown) => String(error),
    );
    if (problem !== undefined) torn.push(`${name} is torn: ${problem}`);
  }
  return torn;
}

/** What a writer has half written stands beside its file, under a name of its own. */
function draftsIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => /\.(?:next|new|tmp)$/.test(name)).map((name) => `${name} was left`);
}

function readIfThere(path: string): Buffer | undefined {
  return existsSync(path) ? readFileSync(path) : undefined;
}

function told(
  name: string,
  { program, args }: HostileCall,
  input: Buffer | readonly string[],
  { status, stderr }: HostileEnd,
  wrong: readonly string[],
): string {
  const shown = Buffer.isBuffer(input) ? input.toString('latin1') : JSON.stringify(input);
  return `${name}: ${program} ${JSON.stringify(args)} ${wrong.join('; ')} (status ${status})\n${stderr.slice(-1500)}\ninput: ${JSON.stringify(shown.slice(0, 1500))}`;
}
