import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startProgram, transcriptOf, type Transcript } from '@ralph/protocol/testing/run-built-program';
import { momentAfter } from '@ralph/protocol/testing/chance';
import { queueTask, runGit, temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { testEnvironment } from '@ralph/protocol/testing/test-environment';
import { finishedAttempt, foreignPush } from '../finished-attempt.ts';
import type { Point } from './points.ts';
import { shimFolder } from './shims.ts';

/** A repository with finished work and a rival's push, of which any number of copies can be made. */
export interface Template {
  readonly folder: string;
  readonly bin: string;
  readonly ids: readonly string[];
  /** What ralph-worker has printed about them. */
  readonly lines: string;
}

/** One copy, for one case. */
export interface Site {
  readonly folder: string;
  readonly root: string;
  readonly origin: string;
  readonly ids: readonly string[];
  /** By task. */
  readonly workspaces: readonly string[];
  readonly bin: string;
  readonly lines: string;
}

/** Files of a workspace in which the folder of a repository is named. */
const NAMING = ['.git/config', '.git/ralph/workspace.json', '.git/objects/info/alternates'];

/**
 * Makes a template with the work of some tasks; it is gone when the test ends, and its copies with it.
 *
 * @param lone whether their workspaces have all objects themselves, and borrow none
 */
export function crashTemplate(ids: readonly string[], lone: boolean): Template {
  const repo = temporaryRepository({
    '.gitignore': '.ralph/cache/\n.ralph/logs/\n',
    '.ralph/queue.jsonc': JSON.stringify({ version: 1, tasks: [...ids, 'LATER'].map((id) => queueTask(id)) }),
    '.ralph/done.jsonc': JSON.stringify({ version: 1, tasks: [] }),
  });
  const attempts = ids.map((id) => finishedAttempt(repo, id, { lone, files: { [`${id}.txt`]: `${id}\n` } }));
  foreignPush(repo, 'r.txt', 'r\n');
  for (const folder of [
    repo.origin,
    ...[repo.root, ...attempts.map(({ workspace }) => workspace)].map((path) => join(path, '.git')),
  ])
    rmSync(join(folder, 'hooks'), { recursive: true, force: true });
  const lines = attempts.map(({ line }) => `${line}\n`).join('');
  return { folder: repo.folder, bin: shimFolder(repo.folder), ids, lines };
}

/** Copies a template, under a name of its own. */
export function siteOf({ folder, bin, ids, lines }: Template, name: string): Site {
  const own = join(folder, 'cases', name);
  for (const part of ['origin.git', 'repo', '.workspaces'])
    cpSync(join(folder, part), join(own, part), { recursive: true });
  const workspaces = ids.map((id) => join(own, '.workspaces/repo/parallel', id));
  const naming = workspaces.flatMap((workspace) => NAMING.map((name) => join(workspace, name)));
  for (const path of [join(own, 'repo/.git/config'), ...naming.filter((each) => existsSync(each))]) {
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll(folder, own));
  }
  return {
    folder: own,
    root: join(own, 'repo'),
    origin: join(own, 'origin.git'),
    ids,
    workspaces,
    bin,
    lines: lines.replaceAll(folder, own),
  };
}

export interface KilledAt {
  readonly point: Point | undefined;
  readonly delayMs: number;
}

/** Lands the work of a site once, unless it is killed at the point. */
export async function landAt(
  site: Site,
  { point, delayMs }: KilledAt,
): Promise<Transcript & { readonly trace: string[] }> {
  const fault = join(site.folder, 'fault');
  rmSync(fault, { recursive: true, force: true });
  mkdirSync(fault);
  writeFileSync(
    join(fault, 'point'),
    point === undefined ? 'none\n' : `${point.mode} ${point.step} ${point.occurrence}\n`,
  );
  writeFileSync(join(fault, 'delay'), String(delayMs / 1000));
  const gate = join(site.bin, 'gate');
  const child = startProgram('ralph-integrate', ['run', '--backoff', '1', '--max-attempts', '9', '--ci', gate], {
    cwd: site.root,
    env: { ...testEnvironment(site.bin), RALPH_EXEC_PATH: site.bin, RALPH_FAULT: fault, RALPH_SITE: site.folder },
  });
  writeFileSync(join(fault, 'pid'), String(child.pid));
  const transcript = transcriptOf(child);
  if (point?.mode === 'told') {
    const words = `"type":"${point.step.replace('event ', '')}"`;
    let seen = '';
    child.stdout.on('data', (text: string) => {
      seen += text;
      if (seen.includes(words)) void momentAfter(delayMs).then(() => child.kill('SIGKILL'));
    });
  }
  child.stdin.end(site.lines);
  const end = await transcript;
  const path = join(fault, 'trace');
  return { ...end, trace: existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [] };
}

/** Runs git in a folder of a site. */
export function gitIn(folder: string, ...args: readonly string[]): string {
  return runGit(folder, args);
}
