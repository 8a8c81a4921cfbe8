import { execFile } from 'node:child_process';
import { BUILT_IN_PRESETS } from '@ralph/protocol/agents/built-in-presets';
import { programOnPath } from '@ralph/protocol/process/find-executable';
import type { AgentCall } from '@ralph/protocol/agents/agent-call';
import type { PreflightFinding } from '@ralph/protocol/contract/preflight-report';
import { bareEnvironment } from '@ralph/protocol/process/environment';
import { checked } from '@ralph/protocol/process/findings';
import type { AgentPlan } from '@ralph/protocol/agents/doer';
import { stepsFor } from '../agent/agent-plan.ts';
import { isOlder, versionIn } from './agent-version.ts';

/** Some need a moment to start; one that asks something would wait for ever. */
const LIMIT_MS = 20_000;

/** Says whether the agents of a run can be started, and where they are asked, whether they are new enough. */
export async function reportAgents(plan: AgentPlan, asksVersions: boolean): Promise<readonly PreflightFinding[]> {
  const { finding, value: steps } = await checked(
    'agent',
    () => stepsFor(plan),
    (found) => `${[...new Set(found.map(({ call }) => nameOf(call)))].join(', ')} can be started`,
  );
  if (steps === undefined || !asksVersions) return [finding];
  const calls = new Map(
    steps.flatMap(({ call }) => (call.preset === undefined ? [] : [[call.words[0], call] as const])),
  );
  if (calls.size === 0) return [finding];
  return Promise.all([...calls.values()].map(reportVersion));
}

/** Says which of the known agents are here, where a person asks before having named one. */
export function reportKnown(isAsked: boolean): readonly PreflightFinding[] {
  if (!isAsked) return [];
  const known = Object.entries(BUILT_IN_PRESETS);
  const here = known.filter(([, { command }]) => programOnPath(String(command[0])) !== undefined).map(([name]) => name);
  const message =
    here.length === 0
      ? `no agent is named, and none that is known is on PATH: ${known.map(([name]) => name).join(', ')}`
      : `no agent is named; on PATH: ${here.join(', ')}`;
  const hint = `ralph-orchestrate doctor --agent ${here[0] ?? 'claude'}  # or your own: -- CMD`;
  return [{ check: 'agent', level: 'ok', message, hint, facts: { found: here } }];
}

async function reportVersion(call: AgentCall): Promise<PreflightFinding> {
  const { words, preset } = call;
  const [program = ''] = words;
  const name = nameOf(call);
  const version = versionIn(await answer(program));
  const least = preset?.least_version ?? undefined;
  const hint = preset?.install ?? `${program} --version`;
  const facts = { agent: name, ...(version === undefined ? {} : { version }) };
  const of = { check: 'agent', facts } as const;
  if (version === undefined) {
    return { ...of, level: 'warning', message: `${name} does not say its version (${program} --version)`, hint };
  }
  if (least !== undefined && isOlder(version, least)) {
    const message = `${name} ${version} is older than ${least}, the oldest that is known to work`;
    return { ...of, level: 'warning', message, hint };
  }
  return { ...of, level: 'ok', message: `${name} ${version} can be started` };
}

function nameOf({ name, words }: AgentCall): string {
  return name ?? words[0] ?? '';
}

/** What it prints on either stream; nothing when it does not end well in time. */
function answer(program: string): Promise<string> {
  return new Promise((resolve) => {
    const options = { env: bareEnvironment(), timeout: LIMIT_MS, killSignal: 'SIGKILL', maxBuffer: 2 ** 16 } as const;
    const child = execFile(program, ['--version'], options, (error, stdout, stderr) => {
      resolve(error === null ? `${stdout}\n${stderr}` : '');
    });
    child.stdin?.end();
  });
}
