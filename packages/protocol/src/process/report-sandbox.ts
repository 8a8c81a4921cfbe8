import type { PreflightFinding } from '../contract/preflight-report.ts';
import { checked } from './findings.ts';
import { openSandbox } from './open-sandbox.ts';
import type { SandboxRequest } from './sandbox-wishes.ts';

/**
 * Returns what a report says of the sandbox: nothing where none is asked for.
 *
 * @throws Failure `usage` for a wish without a sandbox
 */
export async function reportSandbox(asked: SandboxRequest): Promise<PreflightFinding[]> {
  const warnings: string[] = [];
  const request = { ...asked, note: (text: string) => warnings.push(text) };
  if (asked.args.sandbox === 'none') {
    await openSandbox(request);
    return [];
  }
  const { finding } = await checked(
    'sandbox',
    () => openSandbox(request),
    () =>
      warnings[0] === undefined
        ? 'what agents make can be locked in by bubblewrap'
        : { level: 'warning', message: warnings[0] },
  );
  return [finding];
}
