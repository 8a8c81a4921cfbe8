// Builds the library that is put before the C library, once a process, and tells where that cannot be done.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../temporary.mjs';

const SOURCES = fileURLToPath(new URL('.', import.meta.url));

let built;
let reason;
let wasTried = false;

/**
 * Returns the bytes of the library.
 *
 * @throws Error where {@link missingLibrary} tells a reason
 */
export function library() {
  const missing = missingLibrary();
  if (missing !== undefined) throw new Error(missing);
  return built;
}

/** Returns why calls cannot be struck on this machine; nothing where they can. */
export function missingLibrary() {
  if (!wasTried) {
    wasTried = true;
    reason = build();
  }
  return reason;
}

function build() {
  if (process.platform !== 'linux') return 'calls are struck on Linux only';
  const folder = temporaryFolder('preload');
  try {
    return builtIn(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function builtIn(folder) {
  const path = join(folder, 'faults.so');
  const sources = readdirSync(SOURCES).filter((name) => name.endsWith('.c'));
  const args = ['-O2', '-Wall', '-shared', '-fPIC', '-o', path, ...sources.map((name) => join(SOURCES, name)), '-ldl'];
  const made = spawnSync('cc', args, { encoding: 'utf8' });
  if (made.error !== undefined) return 'there is no C compiler (cc)';
  if (made.status !== 0) return `the library cannot be built here: ${made.stderr.trim().split('\n')[0]}`;
  built = readFileSync(path);
  return unheeded(path);
}

/** A program without the usual loader, as a static one, never sees the library. */
function unheeded(probe) {
  // Any file that is no plan: the library is loaded and does nothing.
  writeFileSync(`${probe}.plan`, '');
  for (const [name, ...args] of [
    [process.execPath, '-e', MAPS],
    ['git', '-c', `alias.maps=!grep faults.so /proc/$PPID/maps`, 'maps'],
  ]) {
    const { stdout } = spawnSync(name, args, { env: { ...process.env, LD_PRELOAD: probe }, encoding: 'utf8' });
    if (!stdout?.includes('faults.so')) return `LD_PRELOAD does nothing to ${name}`;
  }
  return undefined;
}

const MAPS = "process.stdout.write(require('fs').readFileSync('/proc/self/maps', 'utf8'))";
