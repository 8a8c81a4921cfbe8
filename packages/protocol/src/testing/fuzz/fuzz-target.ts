import fc from 'fast-check';
import { FAILURE_CODES, isFailure } from '../../contract/failure.ts';
import { collectGarbage } from '../garbage.ts';

/** One parser or reader, and what it is given. */
export interface FuzzTarget<T = Buffer> {
  readonly name: string;
  readonly inputs: fc.Arbitrary<T>;
  /** How many inputs of the short form are its own. */
  readonly runs: number;
  /** Gives it one input. It may refuse it by a Failure, and by nothing else. */
  take(input: T): unknown;
}

/** A target of a list of targets, whatever its inputs are. */
export type AnyTarget = FuzzTarget<never>;

/** Returns a target as one of many. */
export function target<T = Buffer>(one: FuzzTarget<T>): AnyTarget {
  return one as unknown as AnyTarget;
}

/** What a target has made of its inputs. */
export interface FuzzFigures {
  readonly name: string;
  readonly inputs: number;
  readonly refused: number;
  /** Processor time of the slowest input, in ms. */
  readonly slowestMs: number;
  /** Of the largest input. */
  readonly largestBytes: number;
}

/** No input takes a second of the processor. */
const MOST_CPU_MS = 1000;
/** Garbage of earlier inputs does not count as the memory of the next one. */
const MOST_GARBAGE_BYTES = 48 * 2 ** 20;
/** What looks slow is measured again: the collector, the compiler and a busy machine come on top at times. */
const TRIES = 3;

/**
 * Gives a target its inputs.
 *
 * @param options `times` is how many times as many as in the short form
 * @throws what the property finds, with the smallest input that shows it and the seed
 */
async function fuzzTarget<T>(
  one: FuzzTarget<T>,
  { seed, times = 1 }: { readonly seed: number; readonly times?: number },
): Promise<FuzzFigures> {
  let refused = 0;
  let slowestMs = 0;
  let largestBytes = 0;
  let inputs = 0;
  let clean = liveBytes();
  const property = fc.asyncProperty(one.inputs, async (input) => {
    inputs += 1;
    if (liveBytes() - clean > MOST_GARBAGE_BYTES) {
      collectGarbage();
      clean = liveBytes();
    }
    largestBytes = Math.max(largestBytes, sizeOf(input));
    const first = await taken(one, input);
    if (first.refused) refused += 1;
    let { cpuMs } = first;
    for (let tries = 1; tries < TRIES && cpuMs > MOST_CPU_MS; tries += 1) {
      cpuMs = Math.min(cpuMs, (await taken(one, input)).cpuMs);
    }
    if (cpuMs > MOST_CPU_MS) throw new Error(`took ${cpuMs.toFixed()} ms of the processor`);
    slowestMs = Math.max(slowestMs, cpuMs);
  });
  await fc.assert(property, { seed, numRuns: one.runs * times });
  return { name: one.name, inputs, refused, slowestMs, largestBytes };
}

async function taken<T>(one: FuzzTarget<T>, input: T): Promise<{ readonly refused: boolean; readonly cpuMs: number }> {
  const before = process.cpuUsage();
  let refused = false;
  try {
    await one.take(input);
  } catch (error) {
    if (!isFailure(error) || !Object.hasOwn(FAILURE_CODES, error.code)) throw error;
    refused = true;
  }
  const { user, system } = process.cpuUsage(before);
  return { refused, cpuMs: (user + system) / 1000 };
}

function liveBytes(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function sizeOf(input: unknown): number {
  return Buffer.isBuffer(input) ? input.length : Buffer.byteLength(JSON.stringify(input) ?? '');
}

/** What came of some targets together. */
export interface AllFigures {
  readonly targets: readonly FuzzFigures[];
  /** How much more memory their process held at most than before, in MB. */
  readonly grownMb: number;
}

/** Gives some targets their inputs, one target after the other, and prints what came of it. Throws as `fuzzTarget`. */
export async function fuzzAll(
  targets: readonly AnyTarget[],
  options: { readonly seed: number; readonly times?: number },
): Promise<AllFigures> {
  const before = peakMb();
  const figures: FuzzFigures[] = [];
  for (const each of targets) {
    const one = await fuzzTarget(each, options);
    process.stdout.write(`${rowOf(one)}\n`);
    figures.push(one);
  }
  const all = { targets: figures, grownMb: peakMb() - before };
  process.stdout.write(`  ${sumOfInputs(all)} inputs took ${all.grownMb.toFixed()} MB more than before\n`);
  return all;
}

/** Returns how many inputs were given, those not counted that were tried to make a finding smaller. */
export function sumOfInputs({ targets }: Pick<AllFigures, 'targets'>): number {
  return targets.reduce((sum, { inputs }) => sum + inputs, 0);
}

function rowOf({ name, inputs, refused, slowestMs, largestBytes }: FuzzFigures): string {
  const size = Math.ceil(largestBytes / 1024);
  const counts = `${String(inputs).padStart(7)} inputs ${String(refused).padStart(6)} refused`;
  return `  ${name.padEnd(40)}${counts} ${slowestMs.toFixed().padStart(5)} ms ${String(size).padStart(5)} KiB`;
}

function peakMb(): number {
  return process.resourceUsage().maxRSS / 1024;
}
