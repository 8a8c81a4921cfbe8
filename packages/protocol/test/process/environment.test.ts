import { expect, it } from 'vitest';
import { putCertificatesBack } from '../../src/cli/certificates.ts';
import { scrubbedEnvironment, siblingEnvironment, withPlainPath } from '../../src/process/environment.ts';

it('keeps nothing that leads git to other files than those it is told, and everything else', () => {
  const away = ['GIT_DIR', 'GIT_INDEX_FILE', 'GIT_LITERAL_PATHSPECS', 'GIT_GLOB_PATHSPECS', 'GIT_NOGLOB_PATHSPECS'];
  const from = Object.fromEntries(
    [...away, 'GIT_ICASE_PATHSPECS', 'GIT_SSH_COMMAND', 'PATH'].map((name) => [name, 'x']),
  );
  expect(scrubbedEnvironment(from)).toEqual({ GIT_SSH_COMMAND: 'x', PATH: 'x' });
});

it('keeps no setting of ralph-orchestrate, which is one of this run, but what an agent is told', () => {
  const kept = { RALPH_TASK_ID: 'x', RALPH_ATTEMPT: '1', RALPH_EXEC_PATH: 'x' };
  const settings = { RALPH_PARALLEL_WORKERS: '4', RALPH_AGENT_COMMAND: 'x', RALPH_NOTIFY: '[]' };
  expect(scrubbedEnvironment({ ...kept, ...settings })).toEqual(kept);
});

it('sets the certificates of the user aside for our own programs, which put them back for what they start', () => {
  const from = { PATH: 'x', NODE_EXTRA_CA_CERTS: '/corporate.pem' };
  const environment = siblingEnvironment(from);
  expect(environment).toEqual({ PATH: 'x', RALPH_NODE_EXTRA_CA_CERTS: '/corporate.pem' });
  putCertificatesBack(environment);
  expect(environment).toEqual(from);
});

it('searches no folder for our own tools that counts from the one we stand in', () => {
  expect(withPlainPath({ PATH: '.:/usr/bin::bin:/bin:', HOME: 'x' })).toEqual({ PATH: '/usr/bin:/bin', HOME: 'x' });
  expect(withPlainPath({ PATH: '.', HOME: 'x' })).toEqual({ HOME: 'x' });
});
