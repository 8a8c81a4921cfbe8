import type { PreflightFinding } from '@ralph/protocol/contract/preflight-report';
import { checked } from '@ralph/protocol/process/findings';
import { sharedRoot } from '@ralph/protocol/process/repository';
import { AGENT_KEYS } from '../settings/agent-settings.ts';
import { Settled } from '../settings/layers.ts';
import type { SettingKey } from '../settings/setting-keys.ts';
import { askTrust, inNeedOfTrust, untrusted } from '../settings/trust.ts';

const NAMES_AGENT: ReadonlySet<SettingKey> = new Set<SettingKey>(['agent.command', ...AGENT_KEYS]);

/** What the user's trust lets others be told of the settings. */
export interface TrustSeen {
  readonly finding: PreflightFinding;
  /** Without those of the repository where one of them would need a trust that it does not have. */
  readonly allowed: Settled;
  /** Whether one of those says which agent does something: to ask it for its version would run it. */
  readonly hidesAgents: boolean;
}

/** Says whether commands of the repository's configuration may be run, and refuses what a run would refuse. */
export async function examineTrust(root: string, settled: Settled): Promise<TrustSeen> {
  const doubtful = inNeedOfTrust(settled);
  const look = async () => {
    const trust = await askTrust(sharedRoot(root));
    if (!trust.trusted && doubtful.length > 0) throw untrusted(doubtful, root, trust);
    return trust;
  };
  const { finding, value } = await checked('trust', look, ({ trusted, path, reason }) => {
    if (trusted) return `${path} lets the configuration of this repository run commands`;
    return `commands come from flags only: ${path} does not let the configuration of this repository run any: ${reason ?? ''}`;
  });
  if (value !== undefined || doubtful.length === 0) return { finding, allowed: settled, hidesAgents: false };
  const allowed = new Settled(settled.layers.filter(({ source }) => source !== 'project'));
  return { finding, allowed, hidesAgents: doubtful.some(({ key }) => NAMES_AGENT.has(key)) };
}
