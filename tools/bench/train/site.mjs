// Where one round is played: a bare origin, a repository, and a workspace with finished work for each candidate.
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { drainDisk } from '../measure/drain-disk.mjs';
import { generatedRepository, git, plainEnvironment } from '../measure/generated-repository.mjs';
import { spawnWorker } from '../measure/running-worker.mjs';
import { GATE_SCRIPT, gateCommand, gateRuns } from './gate.mjs';
import { filesOf } from './schedule.mjs';
import { benchFolder } from '../measure/bench-folder.mjs';

const SIZE = { files: 300, commits: 20 };
const MAKERS = 4;

/**
 * @typedef {object} Candidate
 * @property {string} id
 * @property {string} workspace
 * @property {string} line what ralph-worker said when its agent had ended
 */

export class Site {
  #folder;
  #saved;
  #base;
  /** @type {Candidate[]} */
  candidates = [];

  /** Makes the repository, and has an agent do the work of each candidate in a workspace of ralph-worker's. */
  static async of(round) {
    const site = new Site();
    await site.#make(round);
    return site;
  }

  constructor() {
    const outer = benchFolder();
    this.#folder = join(outer, 'now');
    this.#saved = join(outer, 'saved');
    mkdirSync(this.#folder);
  }

  get root() {
    return join(this.#folder, 'repo');
  }

  /** A path for what is written about a run. */
  path(name) {
    return join(this.#folder, name);
  }

  gate(kind, seconds) {
    return gateCommand(kind, seconds, this.path('gates'));
  }

  /** Returns what the gates have told of themselves. */
  gateRuns() {
    return gateRuns(readFileSync(this.path('gates'), 'utf8'));
  }

  /** Puts everything back to where no candidate has landed. */
  restore() {
    rmSync(this.#folder, { recursive: true, force: true });
    copyTree(this.#saved, this.#folder);
    drainDisk(this.#folder);
  }

  remove() {
    rmSync(dirname(this.#folder), { recursive: true, force: true });
  }

  /** Returns the commits that are new on the target, and what the gate says of each state that the target had. */
  outcome() {
    const origin = this.path('origin.git');
    const span = `${this.#base}..main`;
    const subjects = git(origin, 'log', '--format=%s', span).split('\n').filter(Boolean);
    const commits = git(origin, 'rev-list', '--first-parent', '--reverse', span).split('\n').filter(Boolean);
    const checkout = this.path('judged');
    git(this.#folder, 'clone', '-q', origin, checkout);
    const states = commits.map((commit) => {
      git(checkout, 'checkout', '-q', '--detach', commit);
      const { status } = spawnSync('sh', ['./gate.sh', 'judge', '0', '/dev/null'], { cwd: checkout });
      return { commit, green: status === 0 };
    });
    return { subjects, states };
  }

  async #make(round) {
    const root = await generatedRepository(this.#folder, SIZE);
    const pairs = new Set(round.flatMap(({ pair }) => pair ?? []));
    write(root, { 'gate.sh': GATE_SCRIPT });
    for (const pair of pairs) write(root, { [`shared/${pair}.txt`]: 'nobody\n' });
    git(root, 'add', '-A');
    git(root, 'commit', '-q', '-m', 'gate');
    git(root, 'push', '-q', 'origin', 'main');
    this.#base = git(root, 'rev-parse', 'HEAD');
    for (const one of round) write(this.path(`work/${one.id}`), filesOf(one));
    this.candidates = await this.#work(round);
    writeFileSync(this.path('gates'), '');
    copyTree(this.#folder, this.#saved);
  }

  async #work(round) {
    const agent = this.path('agent');
    const script = `cp -R '${this.path('work')}'/"$RALPH_TASK_ID"/. . && git add -A && git commit -q -m "$RALPH_TASK_ID: work"`;
    writeFileSync(agent, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    const worker = spawnWorker(this.root, 'run', '--jobs', String(MAKERS), '--', agent);
    worker.stderr.pipe(process.stderr);
    let text = '';
    worker.stdout.setEncoding('utf8').on('data', (part) => (text += part));
    worker.stdin.end(round.map(({ id }) => `${JSON.stringify({ id, title: 'bench' })}\n`).join(''));
    await once(worker, 'close');
    const finished = new Map();
    for (const line of text.split('\n')) {
      if (!line.includes('"agent.finished"')) continue;
      const { task_id, workspace_path, commits } = JSON.parse(line);
      if (commits === 1) finished.set(task_id, { id: task_id, workspace: workspace_path, line });
    }
    return round.map(({ id }) => {
      const one = finished.get(id);
      if (one === undefined) throw new Error(`no finished work of ${id}:\n${text}`);
      return one;
    });
  }
}

/** Runs a command to its end and returns its exit status. */
export async function ended(file, args, cwd) {
  const [status] = await once(spawn(file, args, { cwd, env: plainEnvironment(), stdio: 'ignore' }), 'exit');
  return status;
}

function write(folder, files) {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

function copyTree(from, to) {
  execFileSync('cp', ['-a', from, to]);
}
