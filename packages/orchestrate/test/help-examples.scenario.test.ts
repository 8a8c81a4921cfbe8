import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { builtProgram, transcriptOf } from '@ralph/protocol/testing/run-built-program';
import { testEnvironment } from '@ralph/protocol/testing/test-environment';
import { PROGRAMS } from './support/completions.ts';
import { exampleWorld } from './support/example-world.ts';

interface Help {
  readonly examples: readonly string[];
  readonly commands: readonly { readonly command: string; readonly examples: readonly string[] }[];
}

const helps = PROGRAMS.map((name) => {
  const words = [builtProgram(name), 'help', '--format', 'json'];
  const { stdout } = spawnSync(process.execPath, words, { env: testEnvironment(), encoding: 'utf8' });
  return { name, ...(JSON.parse(stdout) as Help) };
});

const examples = [
  ...new Set(helps.flatMap((help) => [help.examples, ...help.commands.map((one) => one.examples)].flat())),
];

/** Those that go on until Ctrl-C. */
const ENDLESS = /run --watch|ralph-state watch/;

describe('help', () => {
  it('has examples for each program and each of its commands', () => {
    for (const { name, examples: most, commands } of helps) {
      expect({ name, few: most.length > 1 && most.length < 5 }).toEqual({ name, few: true });
      expect({ name, bare: commands.filter((one) => one.examples.length === 0) }).toEqual({ name, bare: [] });
      for (const one of commands) expect(one.examples.join('\n')).toContain(`${name} ${one.command}`);
    }
  });

  it.each(examples.filter((example) => !ENDLESS.test(example)))('runs its example: %s', (example) => {
    const { root, env } = exampleWorld(example);
    const { status, stderr } = spawnSync('bash', ['-o', 'pipefail', '-c', example], {
      cwd: root,
      env,
      encoding: 'utf8',
    });
    expect({ status, stderr }).toMatchObject({ status: 0 });
  });

  it.each(examples.filter((example) => ENDLESS.test(example)))(
    'runs its example until it is told to stop: %s',
    async (example) => {
      const { root, env } = exampleWorld(example);
      const child = spawn('bash', ['-o', 'pipefail', '-c', example], { cwd: root, env, detached: true });
      const group = -(child.pid ?? 0);
      onTestFinished(() => {
        if (child.exitCode === null && child.signalCode === null) process.kill(group, 'SIGKILL');
      });
      const transcript = transcriptOf(child);
      await Promise.race([once(child.stdout, 'data'), transcript]);
      if (child.exitCode === null) process.kill(group, 'SIGINT');
      // By the signal itself, or with its status: the shell decides that for a pipe.
      expect([128, 130]).toContain((await transcript).status);
    },
  );
});
