import { commandLine } from '@ralph/protocol/cli/shell-words';
import { Failure } from '@ralph/protocol/contract/failure';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { callSibling } from '@ralph/protocol/process/sibling';
import { AGENT_KEYS } from './agent-settings.ts';
import type { Setting, Settled } from './layers.ts';
import { SETTINGS, variableOf, type SettingKey } from './setting-keys.ts';

/** What `ralph-worker trust` says. */
export interface Trust {
  readonly trusted: boolean;
  readonly path: string;
  readonly reason?: string;
}

/**
 * Returns the settings of the repository's own configuration that only count when the user trusts it: what makes
 * something be run, copied or sent elsewhere, and what turns a gate or notifications of the user's off. One that is
 * overridden, or not used, is none. Pure.
 */
export function inNeedOfTrust(settled: Settled): Setting[] {
  const gateIsOn = settled.value('agent.ci_gate.enabled');
  return settled.all().filter(({ key, source, value }) => {
    if (source !== 'project') return false;
    if (key === 'agent.ci_gate.enabled') return value === false && isOfUser(settled, 'agent.ci_gate.argv');
    if (key === 'agent.ci_gate.argv' && !gateIsOn) return false;
    if (isOverruled(settled, key)) return false;
    if (key === 'notify' && isOfUser(settled, key)) return true;
    const isNothing = value === false || (typeof value === 'object' && Object.keys(value ?? {}).length === 0);
    return SETTINGS[key].runs === true && !isNothing;
  });
}

/** What names an agent has no effect where the command line does. */
function isOverruled(settled: Settled, key: SettingKey): boolean {
  if ((AGENT_KEYS as readonly SettingKey[]).includes(key) && settled.get('agent.command').source === 'flag')
    return true;
  const byName: readonly SettingKey[] = ['agent.command', 'agent.phase_overrides'];
  return byName.includes(key) && settled.get('agent.runner').source === 'flag';
}

function isOfUser({ layers }: Settled, key: SettingKey): boolean {
  return layers.some(({ source, given }) => source !== 'project' && given.has(key));
}

/**
 * Asks whether the user trusts the commands of a repository's configuration; git has to be asked for it, which is not
 * ours to run.
 *
 * @throws Failure of ralph-worker
 */
export async function askTrust(root: string): Promise<Trust> {
  const [record] = await callSibling('ralph-worker', ['trust', '--repo', root]);
  return record as unknown as Trust;
}

/** Returns the failure for settings that nobody trusts. */
export function untrusted(settings: readonly Setting[], root: string, { path, reason }: Trust): Failure {
  const [first] = settings;
  const keys = settings.map(({ key, line }) => (line === undefined ? key : `${key} (line ${line})`));
  const what = `${first?.from ?? ''} of this repository sets what only a trusted one may: ${keys.join(', ')}`;
  const trust = commandLine(['ralph-orchestrate', 'init', '--trust', '--repo', root]);
  const isTracked = reason?.startsWith('git tracks') === true;
  const untrack = isTracked ? `${commandLine(['git', '-C', root, 'rm', '--cached', RALPH_PATHS.trust])}; ` : '';
  return new Failure('config_untrusted', `${what}; ${path} does not allow it: ${reason ?? ''}`, {
    hint: `give them ${otherWays(settings)}, or read what they do and say that you trust them: ${untrack}${trust}`,
    details: { keys: settings.map(({ key }) => key), config: first?.from, trust: path, reason },
  });
}

/** How else the settings can be given: not each of them has a flag. */
function otherWays(settings: readonly Setting[]): string {
  const flagless = settings.filter(({ key }) => key === 'notify').map(({ key }) => variableOf(key));
  const inOwn = `by ${flagless.join(', ')} or in your own configuration`;
  if (flagless.length === 0) return 'by flags';
  return flagless.length === settings.length ? inOwn : `by flags (notify: ${inOwn})`;
}

/** Returns the content of a trust file that allows the commands of a repository's configuration. */
export function trustText(): string {
  return [
    '// Says that the commands of .ralph/config.jsonc in this repository may be run on this machine. It counts only as',
    '// long as git does not track it; remove it to take the trust back.',
    '{ "allow_project_commands": true }',
    '',
  ].join('\n');
}
