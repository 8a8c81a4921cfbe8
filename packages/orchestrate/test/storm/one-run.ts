import { momentAfter } from '@ralph/protocol/testing/chance';
import { records, startProgram, transcriptOf, type Transcript } from '@ralph/protocol/testing/run-built-program';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { strike, type Blow, type Moment } from './blow.ts';
import { membersOf, standsAt, wordsOf } from './victims.ts';
import type { World } from './world.ts';

/** Behind an event that does not come a run is killed after so long. */
const AT_LAST_MS = 4000;

/** So often is the end of a run waited for as long as `waitUntil` waits. */
const PATIENCE = 8;

export interface RunEnd extends Transcript {
  /** Who was killed, a word for each blow that hit. */
  readonly hits: readonly string[];
  /** What lived when the end did not come. */
  readonly hung: readonly string[];
}

/** Runs the orchestrator once, with blows that follow one after the other; returns as soon as it has ended. */
export async function oneRun(world: World, blows: readonly Blow[]): Promise<RunEnd> {
  const child = startProgram('ralph-orchestrate', world.args, { cwd: world.root, env: world.env });
  child.stdin.end();
  let told = '';
  child.stdout.on('data', (text: string) => (told += text));
  let isOver = false;
  const ended = transcriptOf(child).finally(() => (isOver = true));
  const hits: string[] = [];
  for (const blow of blows) {
    if (
      !(await comes(
        blow.moment,
        () => told,
        () => isOver,
      ))
    )
      break;
    const names = strike(world.folder, blow);
    if (names.length > 0) hits.push(`${momentWords(blow.moment)}: ${names.join(', ')}`);
  }
  const hung: string[] = [];
  if (!(await isEnd(() => isOver))) {
    hung.push(...membersOf(world.folder).map((member) => `${wordsOf(member)}: ${standsAt(member)}`));
    for (const { pid } of membersOf(world.folder)) process.kill(pid, 'SIGKILL');
  }
  return { ...(await ended), hits, hung };
}

async function comes(
  { event, occurrence, delayMs }: Moment,
  told: () => string,
  isOver: () => boolean,
): Promise<boolean> {
  const words = `"type":"${event}"`;
  const happened = () => event === undefined || told().split(words).length > occurrence;
  const last = performance.now() + AT_LAST_MS;
  while (!happened() && !isOver() && performance.now() < last) await momentAfter(2);
  if (isOver() && !happened()) return false;
  // Behind the end is a moment too: siblings may still be ending.
  await momentAfter(delayMs);
  return true;
}

async function isEnd(isOver: () => boolean): Promise<boolean> {
  for (let turn = 0; turn < PATIENCE; turn += 1) {
    const isThere = await waitUntil('the end of the run', isOver).catch(() => false);
    if (isThere) return true;
  }
  return false;
}

function momentWords({ event, occurrence, delayMs }: Moment): string {
  return event === undefined ? `${delayMs} ms` : `${event} ${occurrence} + ${delayMs} ms`;
}

/** Returns the records that a run told of, whole lines only. */
export function eventsOf({ stdout }: Transcript): Record<string, unknown>[] {
  return records(stdout.slice(0, stdout.lastIndexOf('\n') + 1));
}
