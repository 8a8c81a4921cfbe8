import { dirname, join } from 'node:path';
import { optionWords } from '@ralph/protocol/cli/option-words';
import type { PreflightFinding } from '@ralph/protocol/contract/preflight-report';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { checked, unchecked } from '@ralph/protocol/process/findings';
import { agentPlan, agentWords } from '../settings/agent-settings.ts';
import { flagLayer } from '../settings/flag-layer.ts';
import { sandboxWords } from '../settings/handed-words.ts';
import { Settled } from '../settings/layers.ts';
import { readSettings } from '../settings/read-settings.ts';
import { settingsOf } from '../settings/settings.ts';
import { report, type Reported } from '../start/report.ts';
import { examineFileSystems, examineStopRequest } from './files.ts';
import { examineMachine } from './machine.ts';
import { examineNotifications } from './notifications.ts';
import { examineRecords } from './records.ts';
import { examineTrust } from './trusted.ts';

/** What the doctor is asked to look at. */
export interface Patient {
  readonly root: string;
  readonly targetBranch: string | undefined;
  readonly workspaceRoot: string | undefined;
  /** The agent, by its name, where one was given. */
  readonly agent: string | undefined;
  /** The same by its command. */
  readonly command: readonly string[];
  /** Ends the look: a remote may never answer. */
  readonly signal: AbortSignal;
}

/** Looks at everything that a run needs or that may trouble it, and changes nothing. */
export async function examine(patient: Patient): Promise<readonly PreflightFinding[]> {
  const { root, command, signal } = patient;
  const flags = flagLayer({ args: { 'workspace-root': patient.workspaceRoot, agent: patient.agent }, command });
  const settings = await checked(
    'config',
    async () => {
      const { settled } = await readSettings({ root, env: process.env, flags });
      return { settled, ...settingsOf(settled, root) };
    },
    ({ workers }) => ({ message: `the configuration is valid: workers ${workers}`, facts: { workers } }),
  );
  const settled = settings.value?.settled ?? new Settled([flags]);
  const folder = settings.value?.workspaceRoot ?? patient.workspaceRoot;
  const folderWords = folder === undefined ? [] : optionWords('--workspace-root', folder);
  const branchWords = patient.targetBranch === undefined ? [] : optionWords('--target-branch', patient.targetBranch);
  const { finding: trust, allowed, hidesAgents } = await examineTrust(root, settled);
  const copied = allowed.value('parallel.ignored_file_allowlist').flatMap((glob) => optionWords('--copy', glob));
  const box = sandboxWords({}, allowed);
  const words = hidesAgents ? undefined : agentWords(agentPlan(allowed));
  const agent = words === undefined ? [] : [...words.options, ...behindDashes(words.command)];
  const silent = () => {};
  const at = ['--repo', root];
  const [lock, ...reports] = await Promise.all([
    report('ralph-lock', ['--report', ...at], silent, ['status'], signal),
    report(
      'ralph-worker',
      ['--survey', ...at, ...branchWords, ...folderWords, ...copied, ...box, ...agent],
      silent,
      ['preflight'],
      signal,
    ),
    report('ralph-integrate', ['--survey', ...at, ...branchWords, ...box], silent, ['preflight'], signal),
    report('ralph-state', ['--report', ...at], silent),
  ]);
  const others = await Promise.all([
    examineMachine(),
    examineRecords(root),
    settings.value === undefined ? unchecked('notifications', 'config') : examineNotifications(root, settled),
  ]);
  const told = [lock, ...reports].flatMap(findingsOf);
  const roots = told.flatMap(({ facts }) =>
    facts?.['workspace_root'] === undefined ? [] : [String(facts['workspace_root'])],
  );
  return [
    ...others.flat(),
    settings.finding,
    trust,
    ...(hidesAgents ? [unchecked('agent', 'trust')] : []),
    ...told,
    examineStopRequest(
      root,
      lock.findings.some(({ facts }) => facts?.['locked'] === true),
    ),
    examineFileSystems([dirname(join(root, RALPH_PATHS.queue)), ...roots]),
  ];
}

function behindDashes(command: readonly string[]): readonly string[] {
  return command.length === 0 ? [] : ['--', ...command];
}

/** A sibling that could not look is a finding by itself. */
function findingsOf(reported: Reported): readonly PreflightFinding[] {
  if (!('failed' in reported)) return reported.findings;
  const { code, message } = reported.failed;
  const { hint } = reported.failed.parts;
  return [
    {
      check: 'programs',
      level: 'error',
      code,
      message: `${reported.sibling} could not look: ${message}`,
      ...(hint === undefined ? {} : { hint }),
    },
  ];
}
