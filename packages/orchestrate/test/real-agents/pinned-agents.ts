import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** What is installed of each: newer ones may want a newer Node than ours. docs/agents.md names them. */
export const PINNED = {
  claude: ['@anthropic-ai/claude-code@2.1.197'],
  codex: ['@openai/codex@0.169.0'],
  gemini: ['@google/gemini-cli@0.61.0'],
  opencode: ['opencode-ai@1.18.20'],
  pi: ['@earendil-works/pi-coding-agent@0.74.2'],
  // It needs a Node of 22.19 or later, and brings none.
  kimi: ['@moonshot-ai/kimi-code@2.1.0', 'node@22.23.3'],
} as const;

export type RealAgent = keyof typeof PINNED;

export const REAL_AGENTS = Object.keys(PINNED) as readonly RealAgent[];

/** Beyond that the network is taken for too slow. */
const LIMIT_MS = 90_000;

const CACHE = fileURLToPath(new URL('../../../../node_modules/.cache/ralph-agents', import.meta.url));

/** An agent as npm has it: the folder with its program, or why it is not there. */
export type Provided = { readonly bin: string } | { readonly missing: string };

/**
 * Returns the real program of an agent, installed by npm where it is not yet: into RALPH_TEST_AGENTS, or else among the
 * modules of this repository. With RALPH_TEST_AGENTS=none nothing is downloaded, and there is none.
 */
export async function providedAgent(name: RealAgent): Promise<Provided> {
  const wanted = process.env['RALPH_TEST_AGENTS'];
  if (wanted === 'none') return { missing: 'RALPH_TEST_AGENTS=none' };
  const cache = wanted === undefined || wanted === '' ? CACHE : wanted;
  const [main] = PINNED[name];
  const folder = join(cache, `${name}-${main.slice(main.lastIndexOf('@') + 1)}`);
  try {
    if (!existsSync(folder)) await install(name, cache, folder);
  } catch (error) {
    return { missing: `npm cannot install ${main}: ${firstLine(error)}` };
  }
  return { bin: join(folder, name === 'kimi' ? 'bin' : 'node_modules/.bin') };
}

/** Others may do the same at this moment: whoever comes last has done it in vain. */
async function install(name: RealAgent, cache: string, folder: string): Promise<void> {
  mkdirSync(cache, { recursive: true });
  const draft = mkdtempSync(join(cache, '.draft-'));
  try {
    // What is installed is as large as what is kept of it for another time.
    const kept = join(draft, '.npm');
    const quiet = ['--no-fund', '--no-audit', '--loglevel=error'];
    const args = ['install', '--prefix', draft, '--cache', kept, ...quiet, ...PINNED[name]];
    await promisify(execFile)('npm', args, { cwd: draft, env: npmEnvironment(), timeout: LIMIT_MS });
    rmSync(kept, { recursive: true, force: true });
    if (name === 'kimi') writeLauncher(draft);
    if (!existsSync(folder)) renameSync(draft, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** Without the settings that npm has put there for whatever it runs at the moment. */
function npmEnvironment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([key]) => !/^npm_(?:config_(?:prefix|local_prefix)|package_)/.test(key),
  );
  return Object.fromEntries(own);
}

function writeLauncher(draft: string): void {
  mkdirSync(join(draft, 'bin'));
  const launcher = join(draft, 'bin', 'kimi');
  writeFileSync(
    launcher,
    `#!/bin/sh\nmodules=\${0%/*}/../node_modules/.bin\nexec "$modules/node" "$modules/kimi" "$@"\n`,
  );
  chmodSync(launcher, 0o755);
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return (lines[1] ?? lines[0] ?? '').slice(0, 200);
}
