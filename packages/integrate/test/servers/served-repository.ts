import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { records, type Transcript } from '@ralph/protocol/testing/run-built-program';
import { temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { DaemonGitServer } from './daemon-server.ts';
import { HttpGitServer } from './http-server.ts';
import { killIn } from './server-processes.ts';

export const KINDS = ['file', 'daemon', 'http'] as const;

export type Kind = (typeof KINDS)[number];

export interface GitServer {
  url(): string;
  start(): Promise<void>;
  kill(): Promise<void>;
}

export interface Served {
  readonly repo: TestRepository;
  readonly server: GitServer;
}

/** Makes a repository whose origin is behind a server of a kind; the origin keeps a log of what became of its branches. */
export async function servedRepository(kind: Kind, files?: Readonly<Record<string, string>>): Promise<Served> {
  const repo = temporaryRepository(files);
  const server = serverOf(kind, repo.origin);
  await serve(repo, server);
  return { repo, server };
}

/** The same behind http, where faults can be made. */
export async function httpRepository(): Promise<{ readonly repo: TestRepository; readonly server: HttpGitServer }> {
  const repo = temporaryRepository();
  const server = new HttpGitServer(repo.origin);
  await serve(repo, server);
  return { repo, server };
}

async function serve(repo: TestRepository, server: GitServer): Promise<void> {
  repo.gitOrigin('config', 'core.logAllRefUpdates', 'always');
  await server.start();
  repo.git('remote', 'set-url', 'origin', server.url());
}

function serverOf(kind: Kind, origin: string): GitServer {
  switch (kind) {
    case 'file':
      return { url: () => origin, start: () => Promise.resolve(), kill: () => killIn(origin) };
    case 'daemon':
      return new DaemonGitServer(origin);
    case 'http':
      return new HttpGitServer(origin);
  }
}

/** Puts a hook into the origin. */
export function originHook({ origin }: TestRepository, name: string, body: string): void {
  mkdirSync(join(origin, 'hooks'), { recursive: true });
  writeFileSync(join(origin, 'hooks', name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
}

export interface Stall {
  /** Settles when the hook has been reached so many times. */
  reached(times: number): Promise<unknown>;
  times(): number;
  /** Lets it go on, and those that come later go through. */
  release(): void;
}

/** Has a hook of the origin wait until it is told to go on; `body` is done then. */
export function stallIn(repo: TestRepository, hook: 'pre-receive' | 'post-receive', body = 'exit 0'): Stall {
  const folder = join(repo.folder, `stall-${hook}`);
  mkdirSync(folder);
  const [reached, go] = [join(folder, 'reached'), join(folder, 'go')];
  const wait = `while test -d ${folder} && ! test -e ${go}; do sleep 0.05; done`;
  originHook(repo, hook, `cat >/dev/null; echo $$ >>${reached}; ${wait}\n${body}`);
  const times = () => (existsSync(reached) ? readFileSync(reached, 'utf8').trim().split('\n').length : 0);
  return {
    times,
    reached: (least) => waitUntil(`${hook} is reached`, () => times() >= least),
    release: () => appendFileSync(go, ''),
  };
}

/** Returns how often the target branch was moved by a push since the log began. */
export function updatesOfMain({ gitOrigin }: TestRepository): number {
  return gitOrigin('reflog', 'show', '--format=%H', 'main').split('\n').filter(Boolean).length;
}

/** Returns the subjects of the target branch, the newest first. */
export function subjects({ gitOrigin }: TestRepository): string[] {
  return gitOrigin('log', '--format=%s', 'main').split('\n');
}

/** Returns what was told as landed and is not there. */
export function untruths({ gitOrigin }: TestRepository, { stdout }: Pick<Transcript, 'stdout'>): unknown[] {
  const present = new Set(gitOrigin('rev-list', 'main').split('\n'));
  return records(stdout).filter(({ type, commit }) => type === 'task.completed' && !present.has(String(commit)));
}
