import { dirname } from 'node:path';
import { scriptedCommand } from './scripted-agent.ts';
import { testEnvironment } from './test-environment.ts';

/** Returns an environment in which git takes every repository for one of another user. */
export function foreignOwner(folder: string): Record<string, string> {
  const body = 'export GIT_TEST_ASSUME_DIFFERENT_OWNER=1; PATH=${PATH#*:}; exec git "$@"';
  return testEnvironment(dirname(scriptedCommand(folder, 'git', body)));
}
