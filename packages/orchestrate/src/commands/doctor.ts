import { findingText } from '@ralph/protocol/cli/findings-result';
import type { Call, Result } from '@ralph/protocol/cli/program';
import { findGitRepository } from '@ralph/protocol/process/repository';
import { diagnosis, statusOf, verdictText } from '../doctor/diagnosis.ts';
import type { DOCTOR_OPTIONS } from '../doctor/doctor-options.ts';
import { examine } from '../doctor/examine.ts';

/** `ralph-orchestrate doctor`: every check, a line each, with the command that mends it; changes nothing. */
export async function run({ args, command, stop }: Call<typeof DOCTOR_OPTIONS>): Promise<Result> {
  const { root } = findGitRepository(args.repo);
  const found = await examine({
    root,
    targetBranch: args['target-branch'],
    workspaceRoot: args['workspace-root'],
    agent: args.agent,
    command,
    signal: stop.signal,
  });
  const findings = diagnosis(found);
  const text = `${findings.map(findingText).join('')}${verdictText(findings)}`;
  return { records: findings, text, exit: statusOf(found) };
}
