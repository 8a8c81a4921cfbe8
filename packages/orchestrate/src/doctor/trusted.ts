import type { PreflightFinding } from '@ralph/protocol/contract/preflight-report';
import { checked } from '@ralph/protocol/process/findings';
import { sharedRoot } from '@ralph/protocol/process/repository';
import type { Settled } from '../settings/layers.ts';
import { askTrust, inNeedOfTrust, untrusted } from '../settings/trust.ts';

/** Says whether commands of the repository's configuration may be run, and refuses what a run would refuse. */
export async function examineTrust(root: string, settled: Settled): Promise<PreflightFinding> {
  const look = async () => {
    const trust = await askTrust(sharedRoot(root));
    const doubtful = inNeedOfTrust(settled);
    if (!trust.trusted && doubtful.length > 0) throw untrusted(doubtful, root, trust);
    return trust;
  };
  const { finding } = await checked('trust', look, ({ trusted, path, reason }) => {
    if (trusted) return `${path} lets the configuration of this repository run commands`;
    return `commands come from flags only: ${path} does not let the configuration of this repository run any: ${reason ?? ''}`;
  });
  return finding;
}
