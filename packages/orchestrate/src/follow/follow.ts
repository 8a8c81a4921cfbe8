import type { Call, Result } from '@ralph/protocol/cli/program';
import type { AnyEvent } from '@ralph/protocol/contract/events';
import { Failure } from '@ralph/protocol/contract/failure';
import { watchPipeReader } from '@ralph/protocol/process/pipe-reader';
import { Secrets } from '@ralph/protocol/process/secrets';
import { eventOf } from '../record/read-line.ts';
import { openView } from '../view/open-view.ts';
import type { LiveView } from '../view/live-view.ts';
import type { EventTail, LoggedLine } from './event-tail.ts';
import { tailOfRun } from './find-start.ts';
import { LastOutput } from './last-output.ts';
import { Wakes } from './wakes.ts';
import { WatchedRun } from './watched-run.ts';

/** Whether the run is still there, and what its agents say, is looked at as often as this. */
const LOOK_MS = 2000;

type FollowCall = Pick<Call, 'output' | 'stop'>;

/**
 * Shows a run that goes on until it ends: on a terminal as it shows itself, else its events from now on, a line each.
 *
 * @returns nothing where no run goes on; status 0 after the run has said how it ended
 * @throws Failure `owner_gone` when it has gone without a word
 */
export async function follow(call: FollowCall, root: string): Promise<Result | undefined> {
  const { output, stop } = call;
  const onNote = (line: string) => output.note(line);
  const run = await WatchedRun.find(root, onNote);
  if (run === undefined) return undefined;
  const { events, lock } = WatchedRun.paths(root);
  const wakes = new Wakes({ root, paths: [events, lock], signal: stop.signal, onNote });
  const letGo = watchPipeReader(process.stdout.fd, () => stop.request({ kind: 'stdout_closed' }));
  const tail = tailOfRun(events, Date.parse(run.holder.started));
  const view = await openView(call, root);
  try {
    const isTold = await new Follower({ call, run, tail, view, root }).follow(wakes);
    if (!isTold && !stop.signal.aborted) throw goneWithoutWord(run);
    return {};
  } finally {
    tail.close();
    letGo();
    wakes.close();
    await view?.close();
  }
}

interface FollowerParts {
  readonly call: FollowCall;
  readonly run: WatchedRun;
  readonly tail: EventTail;
  readonly view: LiveView | undefined;
  readonly root: string;
}

class Follower {
  readonly #parts: FollowerParts;
  readonly #output: LastOutput;
  #runId: string | undefined;

  constructor(parts: FollowerParts) {
    this.#parts = parts;
    this.#output = new LastOutput(new Secrets(parts.root));
  }

  /** Settles with whether the run has said that it has ended. */
  async follow(wakes: Wakes): Promise<boolean> {
    const { run, call } = this.#parts;
    // What has happened until now makes the table; it is not told again.
    if (await this.#read(false)) return true;
    while (!call.stop.signal.aborted) {
      this.#lookAtLogs();
      const goesOn = await run.goesOn();
      // It says how it ended before it lets go of the lock.
      if (await this.#read(true)) return true;
      if (!goesOn) return false;
      await wakes.next(LOOK_MS);
    }
    return false;
  }

  async #read(isNews: boolean): Promise<boolean> {
    const { tail, call } = this.#parts;
    for (const line of tail.lines()) {
      if (call.stop.signal.aborted) return false;
      const event = eventIn(line);
      if (event?.type === 'run.started') {
        // One that has gone without a word is followed by another.
        if (this.#runId !== undefined) return false;
        this.#runId = event.run_id;
      }
      const isEnd = event?.type === 'run.finished';
      if (event !== undefined && !isEnd) this.#parts.view?.take(event);
      if (isEnd) await this.#parts.view?.close();
      if (isNews || isEnd) await call.output.pass(line);
      if (isEnd) return true;
    }
    return false;
  }

  #lookAtLogs(): void {
    const { view } = this.#parts;
    if (view !== undefined) this.#output.look(view.model.rows.values(), (id, line) => view.said(id, line));
  }
}

function eventIn({ record }: LoggedLine): AnyEvent | undefined {
  const event = eventOf(record, 0);
  return event === 'broken' ? undefined : event;
}

function goneWithoutWord({ holder }: WatchedRun): Failure {
  return new Failure(
    'owner_gone',
    `the run of pid ${holder.pid} is gone and has not said how it ended: it was killed`,
    {
      hint: 'ralph-orchestrate status  # says what the next run would do with what is left',
    },
  );
}
