import { nearestWord } from '@ralph/protocol/cli/nearest-word';
import { Failure } from '@ralph/protocol/contract/failure';
import { sharedRoot } from '@ralph/protocol/process/repository';
import type { Settled } from '../settings/layers.ts';
import { readSettings } from '../settings/read-settings.ts';
import { askTrust, inNeedOfTrust, untrusted } from '../settings/trust.ts';
import { targetOf, type Target } from './target.ts';

/**
 * Reads the targets of the configuration, of which those of the repository itself only count where it is trusted.
 *
 * @throws Failure `config_invalid`, `config_untrusted`
 */
export async function readTargets(root: string): Promise<readonly Target[]> {
  const { settled } = await readSettings({ root, env: process.env });
  const refusal = await whyUntrusted(root, settled);
  if (refusal !== undefined) throw refusal;
  return settled.value('notify').map(targetOf);
}

/** Returns why the targets of the configuration do not count; nothing where they do. */
export async function whyUntrusted(root: string, settled: Settled): Promise<Failure | undefined> {
  const doubtful = inNeedOfTrust(settled).filter(({ key }) => key === 'notify');
  const trust = doubtful.length === 0 ? undefined : await askTrust(sharedRoot(root));
  return trust?.trusted === false ? untrusted(doubtful, root, trust) : undefined;
}

/**
 * Returns the target that was named, or all of them. Pure.
 *
 * @throws Failure `target_not_found`
 */
export function chosenTargets(targets: readonly Target[], name: string | undefined): readonly Target[] {
  if (name === undefined) return targets;
  const target = targets.find(({ id }) => id === name);
  if (target !== undefined) return [target];
  const ids = targets.map(({ id }) => id);
  const nearest = nearestWord(name, ids);
  const known = ids.length === 0 ? 'there are none' : `there are ${ids.join(', ')}`;
  const hint = nearest === undefined ? `${known}: ralph-orchestrate config notify` : `did you mean ${nearest}?`;
  throw new Failure('target_not_found', `no target of notifications is called ${name}`, { hint });
}
