import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import * as esbuild from 'esbuild';
import { formatMessage } from 'publint/utils';
import { publint } from 'publint';
import { stagePack } from './stage-pack.mjs';

/** What an installed program may take, in bytes. */
export const LIMIT_BYTES = 2_000_000;

/**
 * Packs programs of the workspace at root (which ends with a slash) for `npm publish` or `npm install`, and puts the packs into a
 * folder, each when all of them are made.
 *
 * @returns for each its name, version, the path of the tarball, and the bytes of it and of the installed program
 * @throws Error with all that publint finds, or for a program that is too large
 */
export async function makePacks(root, names, folder) {
  const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'ralph-pack-')));
  try {
    const problems = [];
    for (const name of names) {
      mkdirSync(join(scratch, name));
      const manifest = await stagePack(esbuild, root, name, join(scratch, name));
      problems.push(...(await publishingProblems(manifest, join(scratch, name))));
    }
    const packs = packed(scratch, names);
    for (const { name, installed } of packs) {
      if (installed > LIMIT_BYTES) problems.push(`${name}: ${installed} bytes installed, at most ${LIMIT_BYTES}`);
    }
    if (problems.length > 0) throw new Error(problems.join('\n'));
    mkdirSync(folder, { recursive: true });
    return packs.map((pack) => ({ ...pack, path: leftAlone(pack.name, join(scratch, pack.file), folder) }));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Returns what would trouble those who install it. */
async function publishingProblems(manifest, folder) {
  const { messages } = await publint({ pkgDir: folder, strict: true, pack: false });
  return messages.map((message) => `${manifest.name}: ${formatMessage(message, manifest, { color: false })}`);
}

/** Has npm pack the folders, from outside of the workspace: it asks no registry for that, and leaves out times and owners. */
function packed(scratch, names) {
  const folders = names.map((name) => join(scratch, name));
  const text = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--loglevel=error', ...folders], {
    cwd: scratch,
    encoding: 'utf8',
  });
  return JSON.parse(text).map(({ name, version, filename, size, unpackedSize }) => {
    return { name, version, file: filename, tarball: size, installed: unpackedSize };
  });
}

/** Leaves one pack of a program in a folder, which may be on another disk: whoever installs `*.tgz` wants one. */
function leftAlone(name, from, folder) {
  const old = readdirSync(folder).filter((file) => file.startsWith(`${name}-`) && file.endsWith('.tgz'));
  for (const file of old) rmSync(join(folder, file));
  const path = join(folder, basename(from));
  copyFileSync(from, path);
  return path;
}
