import { join } from 'node:path';
import { configFile, type ConfigFile } from '@ralph/protocol/contract/config-file';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { configFailure, readConfigFile, type ConfigProblem } from '@ralph/protocol/process/config-file';
import { environmentLayer } from './environment-layer.ts';
import { fileLayer, runnerKeys, userConfigPath } from './file-layer.ts';
import { Settled, type Given, type Layer } from './layers.ts';

export interface ReadSettings {
  readonly settled: Settled;
  /** Keys that only ralph-agent-loop goes by. */
  readonly runner: readonly { readonly key: string; readonly given: Given }[];
  /** What a person should know before a run. */
  readonly notes: readonly string[];
}

export interface SettingSources {
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
  /** What the command line gives. */
  readonly flags?: Layer;
}

/**
 * Reads all layers of settings: the user's configuration, the repository's, the environment, the flags.
 *
 * @throws Failure `config_invalid` that names everything that is wrong
 */
export async function readSettings({ root, env, flags }: SettingSources): Promise<ReadSettings> {
  const userPath = userConfigPath(env);
  const user = userPath === undefined ? undefined : await readConfigFile<ConfigFile>(userPath, configFile);
  const project = await readConfigFile<ConfigFile>(join(root, RALPH_PATHS.config), configFile);
  const environment = environmentLayer(env);
  const files = [...(user === undefined ? [] : [fileLayer('user', user)]), fileLayer('project', project)];
  const settled = new Settled([...files, environment, ...(flags === undefined ? [] : [flags])]);
  const problems = [...(user?.problems ?? []), ...project.problems, ...environment.problems];
  if (problems.length === 0) problems.push(...gateProblem(settled));
  if (problems.length > 0) throw configFailure(problems);
  const runner = [...(user === undefined ? [] : runnerKeys(user)), ...runnerKeys(project)];
  const keys = runner.map(({ key }) => key);
  return { settled, runner, notes: notesOn(keys, environment.unknown) };
}

/** The reference would run `make ci` there; to land without a gate that somebody asked for would be worse. */
function gateProblem(settled: Settled): ConfigProblem[] {
  const { value, source, from, line } = settled.get('agent.ci_gate.enabled');
  if (!value || source === 'default' || settled.value('agent.ci_gate.argv') !== null) return [];
  const where = line === undefined ? from : `${from}:${line}`;
  return [
    {
      text: `${where}: agent.ci_gate is enabled, but no command is named`,
      hint: 'add "argv" to it, such as ["make", "ci"]',
    },
  ];
}

function notesOn(runner: readonly string[], unknown: readonly string[]): string[] {
  const notes: string[] = [];
  if (runner.length > 0) notes.push(`${[...new Set(runner)].join(', ')}: without effect here`);
  if (unknown.length > 0) notes.push(`no setting is called ${unknown.join(', ')}: without effect`);
  return notes;
}
