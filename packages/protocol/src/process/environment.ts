import { delimiter, isAbsolute } from 'node:path';
import { setCertificatesAside } from '../cli/certificates.ts';

/** Variables that would point git at another repository or other files: git's own list, namespaces, pathspecs. */
const REPOSITORY_VARIABLES = [
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_CONFIG',
  'GIT_CONFIG_PARAMETERS',
  'GIT_OBJECT_DIRECTORY',
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_IMPLICIT_WORK_TREE',
  'GIT_GRAFT_FILE',
  'GIT_INDEX_FILE',
  'GIT_NO_REPLACE_OBJECTS',
  'GIT_REPLACE_REF_BASE',
  'GIT_PREFIX',
  'GIT_SHALLOW_FILE',
  'GIT_COMMON_DIR',
  'GIT_INTERNAL_SUPER_PREFIX',
  'GIT_NAMESPACE',
  'GIT_QUARANTINE_PATH',
  'GIT_LITERAL_PATHSPECS',
  'GIT_GLOB_PATHSPECS',
  'GIT_NOGLOB_PATHSPECS',
  'GIT_ICASE_PATHSPECS',
] as const;

/** Settings of one run of ralph-orchestrate: a run that an agent starts in there has settings of its own. */
const SETTING_VARIABLES = /^RALPH_(?:(?:PARALLEL|AGENT|BUDGET|HISTORY)_|NOTIFY$)/;

/**
 * Returns the environment without the variables that would lead git away from the folder it is run in, and without the
 * settings of ralph-orchestrate.
 */
export function scrubbedEnvironment(from: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const environment = { ...from };
  for (const name of REPOSITORY_VARIABLES) delete environment[name];
  for (const name of Object.keys(environment)) if (SETTING_VARIABLES.test(name)) delete environment[name];
  return environment;
}

/** Returns the environment for one of our own programs, which puts the certificates back for what it starts. */
export function siblingEnvironment(from: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return setCertificatesAside(scrubbedEnvironment(from));
}

/**
 * Returns an environment without the entries of PATH that count from the folder one stands in: our own tools are run in
 * workspaces, where an agent may have put a program of the same name. Without any entry left there is no PATH, and the
 * system's own folders are searched.
 */
export function withPlainPath(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { PATH: path, ...others } = environment;
  const plain = (path ?? '').split(delimiter).filter((folder) => isAbsolute(folder));
  return plain.length === 0 ? others : { ...others, PATH: plain.join(delimiter) };
}

/** What a program needs to be found and to run, whatever it does. */
const BARE_VARIABLES = ['PATH', 'LD_LIBRARY_PATH', 'LD_PRELOAD', 'DYLD_LIBRARY_PATH'] as const;

/** Returns an environment for small tools of the system; to hand on a whole one takes Node half a millisecond. */
export function bareEnvironment(from: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = {};
  for (const name of BARE_VARIABLES) {
    const value = from[name];
    if (value !== undefined) environment[name] = value;
  }
  return withPlainPath(environment);
}
