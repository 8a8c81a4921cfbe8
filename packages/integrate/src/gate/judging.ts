import type { Job } from '../candidate/job.ts';
import type { Prepared } from '../prepare/prepare.ts';
import { throwIfStopped } from '../site/stopped.ts';
import { gateEnvironment, runGate, type GateEnd } from './gate.ts';
import { dropOlderRuns, gateLogPath } from './gate-log.ts';
import type { Pass } from './gate-passes.ts';
import type { Gate } from './gate-settings.ts';
import { passKey } from './pass-key.ts';

/** What is to be pushed, with the tree that is judged. */
export interface Judged extends Prepared {
  readonly tree: string;
}

/** The judging of one tree by all gates. */
export class Judging {
  readonly job: Job;
  readonly prepared: Judged;
  /** Aborted when its word is of no more use. */
  readonly signal: AbortSignal;
  readonly #environment: NodeJS.ProcessEnv;
  #isCounted = false;

  constructor(job: Job, prepared: Judged, signal: AbortSignal) {
    this.job = job;
    this.prepared = prepared;
    this.signal = signal;
    this.#environment = gateEnvironment(job);
  }

  /** Returns the pass of a gate that is known already; nothing when it has to be asked. */
  known(gate: Gate): Pass | undefined {
    return this.job.bench.passes.find(this.#key(gate, this.prepared));
  }

  knownOfBase(gate: Gate, tree: string): Pass | undefined {
    return this.job.bench.passes.find(this.#key(gate, { commit: this.prepared.onto, tree }));
  }

  async remember(gate: Gate, flaky: boolean): Promise<void> {
    const { tree } = this.prepared;
    await this.job.bench.passes.remember(this.#key(gate, this.prepared), { tree, flaky });
  }

  async rememberBase(gate: Gate, tree: string): Promise<void> {
    const key = this.#key(gate, { commit: this.prepared.onto, tree });
    await this.job.bench.passes.remember(key, { tree, flaky: false });
  }

  /**
   * Runs a gate on the tree that is judged, for the first time.
   *
   * @throws Stopped
   */
  async run(gate: Gate, signal = this.signal): Promise<GateEnd> {
    // One run of CI, however many gates there are.
    if (!this.#isCounted) this.job.gateRuns += 1;
    this.#isCounted = true;
    const logPath = this.logPath(gate);
    dropOlderRuns(logPath);
    const end = await runGate(this.job, { gate, logPath, signal });
    throwIfStopped(this.signal);
    return end;
  }

  logPath(gate: Gate): string {
    return gateLogPath(this.job.bench.settings.root, this.job.candidate, gate);
  }

  /** Without the cache, a pass counts for the very commit only that is about to be pushed. */
  #key({ command }: Gate, { commit, tree }: Pick<Judged, 'commit' | 'tree'>): string {
    const { cache, env: names } = this.job.bench.settings.gates;
    const key = passKey({ tree, command, names, environment: this.#environment });
    return cache ? key : `${key} ${commit}`;
  }
}
