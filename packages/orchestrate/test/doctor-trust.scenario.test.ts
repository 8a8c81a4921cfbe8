import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { records, runProgram } from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { trustText } from '../src/settings/trust.ts';

describe('ralph-orchestrate doctor, where the repository names programs of its own for agents,', () => {
  it.each([
    ['its own name', [], { runner: 'mine' }, 'mine'],
    ['the name of one that is known', ['--agent', 'claude'], {}, 'claude'],
    ['a phase', [], { runner: 'mine', phases: 2, phase_overrides: { phase1: { runner: 'other' } } }, 'mine'],
  ])(
    'by %s, runs none of them before the user trusts it, and then asks for its version',
    async (_, args, agent, name) => {
      const repository = temporaryRepository();
      const ran = join(repository.folder, 'ran');
      const program = scriptedCommand(repository.root, 'evil', `echo "$@" >> ${ran}; echo 9.9.9`);
      const presets = { [name]: { command: [program] }, other: { command: [program] } };
      repository.write('.ralph/config.jsonc', JSON.stringify({ agent: { ...agent, presets } }));
      const doctor = async () => {
        const { status, stdout } = await runProgram('ralph-orchestrate', ['doctor', ...args], { cwd: repository.root });
        return { status, agent: records(stdout).find(({ check }) => check === 'agent') };
      };
      expect(await doctor()).toMatchObject({
        status: 78,
        agent: { level: 'warning', message: 'not looked at: trust has to be mended first' },
      });
      expect(existsSync(ran)).toBe(false);
      repository.write('.ralph/trust.jsonc', trustText());
      expect((await doctor()).agent).toMatchObject({ level: 'ok', message: expect.stringContaining('9.9.9') });
      expect(existsSync(ran)).toBe(true);
    },
  );

  it('looks at the agent of the command line all the same, which the repository has no say in', async () => {
    const repository = temporaryRepository();
    repository.write('.ralph/config.jsonc', '{"agent":{"setup":["true"]}}');
    const args = ['doctor', '--', 'no-such-agent'];
    const { status, stdout } = await runProgram('ralph-orchestrate', args, { cwd: repository.root });
    expect(status).toBe(78);
    const found = records(stdout).find(({ check }) => check === 'agent');
    expect(found).toMatchObject({ level: 'error', code: 'command_not_found' });
  });
});
