// Where the one version of the toolbox stands, and whether all places say the same.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { latestRelease } from './latest-release.mjs';

const SOURCE = 'packages/protocol/src/cli/version.ts';
const PROTOCOL = '@ralph/protocol';

/** Returns every file that holds the version, relative to root. */
export function versionFiles(root) {
  return [
    'package.json',
    ...packageFolders(root).map((folder) => `${folder}/package.json`),
    'package-lock.json',
    SOURCE,
  ];
}

/** Returns every place with the version that stands there, in the order of `versionFiles`. */
export function versionsIn(root) {
  const folders = ['', ...packageFolders(root)];
  const manifests = folders.flatMap((folder) =>
    ofManifest(join(folder, 'package.json'), json(root, join(folder, 'package.json'))),
  );
  const lock = json(root, 'package-lock.json');
  const locked = folders.flatMap((folder) => ofManifest(`package-lock.json ${folder}`.trim(), lock.packages[folder]));
  const source = /VERSION = '([^']+)'/.exec(readFileSync(join(root, SOURCE), 'utf8'))?.[1];
  return [
    ...manifests,
    { place: 'package-lock.json', version: lock.version },
    ...locked,
    { place: SOURCE, version: source },
  ];
}

/** Returns the text of one of the files with another version in it. Pure. */
export function withVersion(path, text, version) {
  if (path === SOURCE) return text.replace(/VERSION = '[^']+'/, `VERSION = '${version}'`);
  const content = JSON.parse(text);
  const own = path === 'package-lock.json' ? ours(content.packages) : [];
  for (const one of [content, ...own]) {
    one.version = version;
    if (one.dependencies?.[PROTOCOL] !== undefined) one.dependencies[PROTOCOL] = version;
  }
  return `${JSON.stringify(content, null, 2)}\n`;
}

/** Returns what is wrong with the versions and the changelog of the workspace at root, a line each. */
export function versionProblems(root) {
  const [{ version }, ...others] = versionsIn(root);
  const odd = others.filter((other) => other.version !== version);
  const problems = odd.map((other) => `${other.place}: version ${other.version}, but package.json says ${version}`);
  const { title } = latestRelease(root);
  if (title !== 'Unreleased' && title !== version)
    problems.push(`CHANGELOG.md: begins with ${title ?? 'nothing'}, neither with Unreleased nor with ${version}`);
  return problems;
}

function ofManifest(place, { version, dependencies = {} }) {
  const protocol = dependencies[PROTOCOL];
  return [
    { place, version },
    ...(protocol === undefined ? [] : [{ place: `${place} (${PROTOCOL})`, version: protocol }]),
  ];
}

function ours(packages) {
  return Object.entries(packages).flatMap(([path, one]) =>
    path === '' || /^packages\/[^/]+$/.test(path) ? [one] : [],
  );
}

function packageFolders(root) {
  return readdirSync(join(root, 'packages'))
    .map((name) => `packages/${name}`)
    .toSorted();
}

function json(root, path) {
  return JSON.parse(readFileSync(join(root, path), 'utf8'));
}
