import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { EXIT_STATUS } from '../../contract/exit-status.ts';
import type { SiblingName } from '../../process/sibling-command.ts';
import { builtProgram } from '../run-built-program.ts';
import { testEnvironment } from '../test-environment.ts';

/** One call of a built program with input that means harm. */
export interface HostileCall {
  readonly program: SiblingName;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly stdin?: Buffer | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
}

/** What can be seen of such a call from the outside. */
export interface HostileEnd {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The most memory that this program, or one of ours that it called, has held, in MB. */
  readonly peakMb: number;
  /** Processor time of the one that has taken most, in ms. */
  readonly cpuMs: number;
  /** What is wrong with this end; nothing where all is as it is documented. */
  readonly faults: readonly string[];
}

/** Only what hangs comes to it. */
const DEADLINE_MS = 120_000;
const MOST_MB = 300;
/** A second beyond what it takes to start, several programs of ours at once on a busy machine included. */
const MOST_CPU_MS = 3000;
/** A leash that breaks ends a program as SIGTERM does. */
const LEASH_BROKEN = 128 + constants.signals.SIGTERM;

const DOCUMENTED: ReadonlySet<number> = new Set([...Object.values(EXIT_STATUS).map(({ code }) => code), LEASH_BROKEN]);

/** Tells at the end of a process of ours what it has taken, in one line of a file. */
const METER = `
const { appendFileSync } = require('node:fs');
process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const file = process.env.RALPH_FUZZ_METER;
  try { appendFileSync(file, maxRSS + ' ' + (userCPUTime + systemCPUTime) + '\\n'); } catch {}
});
`;

/** Makes such a call and says what is wrong with its end. */
export async function hostileRun(folder: string, call: HostileCall): Promise<HostileEnd> {
  const meter = join(folder, 'meter.cjs');
  const taken = join(folder, `taken.${process.hrtime.bigint()}`);
  if (!existsSync(meter)) writeFileSync(meter, METER);
  const child = spawn(process.execPath, ['--require', meter, builtProgram(call.program), ...call.args], {
    cwd: call.cwd,
    env: {
      ...testEnvironment(),
      ...call.env,
      NODE_OPTIONS: `--require ${meter}`,
      RALPH_FUZZ_METER: taken,
    },
    timeout: DEADLINE_MS,
    killSignal: 'SIGKILL',
  });
  const [stdout, stderr] = [collected(child.stdout), collected(child.stderr)];
  child.stdin.on('error', () => {});
  child.stdin.end(call.stdin ?? '');
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
  const lines = existsSync(taken) ? readFileSync(taken, 'utf8').trimEnd().split('\n') : [];
  rmSync(taken, { force: true });
  const figures = lines.map((line) => line.split(' ').map(Number));
  const seen = {
    status,
    stdout: stdout(),
    stderr: stderr(),
    peakMb: Math.max(0, ...figures.map(([kib = 0]) => kib / 1024)),
    cpuMs: Math.max(0, ...figures.map(([, micros = 0]) => micros / 1000)),
  };
  return { ...seen, faults: faultsOf(seen) };
}

function collected(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString();
}

function faultsOf({ status, stdout, stderr, peakMb, cpuMs }: Omit<HostileEnd, 'faults'>): string[] {
  const faults: string[] = [];
  if (status === null) faults.push('was killed, by its deadline or by a signal of its own');
  else if (!DOCUMENTED.has(status)) faults.push(`ended with ${status}, which is documented nowhere`);
  if (status === EXIT_STATUS.internal.code) faults.push('ended as by a bug');
  if (/^ {4}at .+:\d+:\d+\)?$|FATAL ERROR|UnhandledPromise/m.test(stderr)) faults.push('printed a stack trace');
  if (peakMb > MOST_MB) faults.push(`took ${peakMb.toFixed()} MB`);
  if (cpuMs > MOST_CPU_MS) faults.push(`took ${cpuMs.toFixed()} ms of the processor`);
  return [...faults, ...errorFaults(status, stdout, stderr)];
}

/** A check that found something, of a report that was asked for. */
const FINDING = /^\{"check":"\w+","level":"error"/m;

/** Where a call was refused, the last line tells it to programs; a report of checks tells it on stdout. */
function errorFaults(status: number | null, stdout: string, stderr: string): string[] {
  const last = stderr.trimEnd().split('\n').at(-1) ?? '';
  if (!last.startsWith('{"error":')) {
    return status === EXIT_STATUS.usage.code && !FINDING.test(stdout) ? ['a usage error without its line of JSON'] : [];
  }
  const { error } = JSON.parse(last) as { error: { exit: number } };
  return error.exit === status ? [] : [`said exit ${error.exit} and ended with ${status}`];
}
