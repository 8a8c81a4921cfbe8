import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { environmentOf, livingProcesses } from '@ralph/protocol/process/process-list';
import { records, type Transcript } from '@ralph/protocol/testing/run-built-program';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { gitIn, landAt, siteOf, type Site, type Template } from './crash-site.ts';
import { nameOf, type Point } from './points.ts';

export interface CaseEnd {
  readonly wrong: readonly string[];
  /** How often it was killed. */
  readonly kills: number;
  /** Whether a git that was killed had left a lock in the origin, as on a server. */
  readonly lockedOrigin: boolean;
}

/**
 * Kills ralph-integrate at a point, again at the same point of the next run, and lets a third one end. Returns what does
 * not hold then.
 */
export async function crashCase(template: Template, point: Point, delayMs: number, name: string): Promise<CaseEnd> {
  const site = siteOf(template, name);
  const first = await landAt(site, { point, delayMs });
  const second = await landAt(site, { point, delayMs });
  // Whoever runs a server removes it; ours is not to.
  const locks = locksIn(site.origin);
  const lockedOrigin = locks.length > 0 && (await areLeft(site, locks));
  if (lockedOrigin) for (const path of locks) rmSync(path, { force: true });
  const last = await landAt(site, { point: undefined, delayMs: 0 });
  const left = await leftBy(site);
  // A git that dies in the checkout of the user leaves there what only the user may take away.
  const isUsers = nameOf(point) === 'torn git merge 1';
  const forTheUser = isUsers ? [] : [...leftFor(site), ...checkoutOf(site, last)];
  const ours = isUsers ? left.filter((what) => !what.endsWith('/repo/.git/refs/heads/main.lock')) : left;
  const wrong = [...ours, ...wrongWith(site, [first, second, last], last), ...forTheUser];
  if (wrong.length === 0) rmSync(site.folder, { recursive: true, force: true });
  const kills = [first, second].filter(({ status }) => status === 128).length;
  const where = `${nameOf(point)}, ${delayMs} ms, ${site.folder}`;
  return { wrong: wrong.map((what) => `${where}: ${what}`), kills, lockedOrigin };
}

/** Those of a git that still runs are not left. */
async function areLeft(site: Site, locks: readonly string[]): Promise<boolean> {
  await waitUntil('nothing of the case runs', () => runningFor(site).length === 0);
  return locks.some((path) => existsSync(path));
}

function locksIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'objects' ? [] : locksIn(path);
    return entry.name.endsWith('.lock') ? [path] : [];
  });
}

function runningFor({ folder }: Site): number[] {
  const mark = `RALPH_SITE=${folder}`;
  return [...livingProcesses()].flatMap(({ pid }) => (environmentOf(pid).includes(mark) ? [pid] : []));
}

async function leftBy(site: Site): Promise<string[]> {
  const wrong = await waitUntil('nothing of the case runs', () => runningFor(site).length === 0).then(
    () => [],
    () => [`processes ${runningFor(site).join(' ')} live`],
  );
  const refs = join(site.root, '.git/refs');
  const locks = [site.origin, refs, ...site.workspaces.map((path) => join(path, '.git'))].flatMap((folder) =>
    locksIn(folder),
  );
  const states = site.workspaces.flatMap((path) =>
    ['rebase-merge', 'rebase-apply'].map((name) => join(path, '.git', name)),
  );
  const rebases = states.filter((path) => existsSync(path));
  return [...wrong, ...locks.map((path) => `left: ${path}`), ...rebases.map((state) => `left: ${state}`)];
}

function leftFor({ root }: Site): string[] {
  return locksIn(join(root, '.git')).map((path) => `left: ${path}`);
}

function checkoutOf({ root }: Site, last: Transcript): string[] {
  const status = gitIn(root, 'status', '--porcelain', '--branch');
  return status === '## main...origin/main' ? [] : [`the checkout of the user: ${status}; ${last.stderr}`];
}

function wrongWith(site: Site, ends: readonly Transcript[], last: Transcript): string[] {
  const git = (...args: readonly string[]) => gitIn(site.origin, ...args);
  const subjects = git('log', '--format=%s', 'main').split('\n').toSorted().join(', ');
  const work = site.ids.flatMap((id) => [`${id}: move to done`, `${id}: work`]);
  const expected = [...work, 'rival: r.txt', 'start'].toSorted().join(', ');
  const present = new Set(git('rev-list', 'main').split('\n'));
  const eventsOf = ({ stdout }: Transcript) => records(stdout.slice(0, stdout.lastIndexOf('\n') + 1));
  const completed = ends.flatMap((end) => eventsOf(end)).filter(({ type }) => type === 'task.completed');
  const told = eventsOf(last).filter(({ type }) => type === 'task.completed');
  const ids = (path: string) =>
    [...git('show', `main:${path}`).matchAll(/"id": ?"([^"]*)"/g)]
      .map(([, id]) => String(id))
      .toSorted()
      .join();
  return [
    ...(last.status === 0 ? [] : [`the last run ended with ${last.status}: ${last.stderr} ${last.stdout}`]),
    ...(subjects === expected ? [] : [`main holds ${subjects}`]),
    ...(ids('.ralph/done.jsonc') === site.ids.join() ? [] : [`done: ${ids('.ralph/done.jsonc')}`]),
    ...(ids('.ralph/queue.jsonc') === 'LATER' ? [] : [`queue: ${ids('.ralph/queue.jsonc')}`]),
    ...(told.length === site.ids.length ? [] : [`${told.length} told as completed`]),
    ...completed.filter(({ commit }) => !present.has(String(commit))).map(({ commit }) => `told of ${String(commit)}`),
    ...site.ids.flatMap((id) => {
      const kept = gitIn(site.root, 'for-each-ref', '--format=%(objecttype)', `refs/ralph/attempts/${id}/1`);
      return kept === 'commit' ? [] : [`the attempt at ${id} is not kept`];
    }),
  ];
}
