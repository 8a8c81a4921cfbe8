import { isFailure, type Failure } from '@ralph/protocol/contract/failure';
import type { PreflightFinding } from '@ralph/protocol/contract/preflight-report';
import { callSibling, type SiblingName } from '@ralph/protocol/process/sibling';

/** What one sibling has found, or why it has not looked. */
export type Reported =
  | { readonly sibling: SiblingName; readonly findings: readonly PreflightFinding[] }
  | { readonly sibling: SiblingName; readonly findings: readonly []; readonly failed: Failure };

/**
 * Has a sibling look at what is its own; a failure of the sibling is a part of the result.
 *
 * @param words its command, where that is not `preflight`
 * @param signal ends a look that takes long: a remote may never answer
 */
export async function report(
  sibling: SiblingName,
  args: readonly string[],
  onNote: (line: string) => void,
  words: readonly string[] = ['preflight'],
  signal?: AbortSignal,
): Promise<Reported> {
  try {
    const findings = await callSibling(sibling, [...words, ...args], onNote, signal === undefined ? {} : { signal });
    return { sibling, findings: findings as unknown as readonly PreflightFinding[] };
  } catch (error) {
    if (!isFailure(error)) throw error;
    return { sibling, findings: [], failed: error };
  }
}
