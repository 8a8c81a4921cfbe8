import { Failure } from '@ralph/protocol/contract/failure';
import type { PreflightCheck, PreflightFinding } from '@ralph/protocol/contract/preflight-report';
import type { Reported } from './report.ts';

/** The order in which failures are told (reference: part A3), and behind it what the reference does not look at. */
export const PREFLIGHT_ORDER: readonly PreflightCheck[] = [
  'queue_lock',
  'clean',
  'queue',
  'queue_path',
  'workspace_root',
  'travelling_files',
  'origin',
  'branch',
  'state_file',
  'target',
  'bookkeeping',
  'published_tasks',
  'checkout',
  'push_rights',
  'identity',
  'signing',
  'lfs',
  'disk_space',
  'sandbox',
  'prompts',
  'agent',
];

export interface Leniency {
  /** A dirty repository is no failure. */
  readonly force: boolean;
  /** Whether the queue is read at all. */
  readonly fromQueue: boolean;
  /** What is wrong with where the configuration has the queue. */
  readonly queueTrouble?: Failure | undefined;
}

/**
 * Returns what a run is refused with, of all that was found: a sibling that refuses to look says that the call itself
 * is wrong, and comes first; one that could not even run says the least, and comes last. Pure.
 */
export function firstFailure(reports: readonly Reported[], leniency: Leniency): Failure | undefined {
  const refused = reports.flatMap((each) => ('failed' in each ? [each.failed] : []));
  const wrong = reports
    .flatMap(({ findings }) => findings)
    .filter((finding) => finding.level === 'error' && !isLeft(finding, leniency))
    .map((finding) => ({ rank: rankOf(finding), failure: failureOf(finding) }));
  const { queueTrouble } = leniency;
  if (queueTrouble !== undefined) wrong.push({ rank: PREFLIGHT_ORDER.indexOf('queue_path'), failure: queueTrouble });
  const [first] = wrong.toSorted((one, other) => one.rank - other.rank);
  return refused.find(({ code }) => code !== 'sibling_failed') ?? first?.failure ?? refused[0];
}

function isLeft({ check }: PreflightFinding, { force, fromQueue }: Leniency): boolean {
  return (force && check === 'clean') || (!fromQueue && (check === 'queue' || check === 'queue_path'));
}

function rankOf({ check }: PreflightFinding): number {
  const rank = PREFLIGHT_ORDER.indexOf(check);
  return rank === -1 ? PREFLIGHT_ORDER.length : rank;
}

/** Returns the failure that a finding stands for; nothing where it is none. */
export function failureOf(finding: PreflightFinding | undefined): Failure | undefined {
  if (finding?.level !== 'error') return undefined;
  const { code = 'internal', message, hint } = finding;
  return new Failure(code, message, hint === undefined ? {} : { hint });
}
