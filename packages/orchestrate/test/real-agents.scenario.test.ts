import { expect, it } from 'vitest';
import { canSandbox } from '@ralph/protocol/testing/sandbox-here';
import { describeAgent } from './real-agents/describe-agent.ts';
import { provesItself } from './real-agents/landed-by-agent.ts';

/** That of Codex for its own commands needs what a sandbox of ours needs. */
const rights = (name: string) => (name === 'codex' && !canSandbox() ? ['--approval', 'all'] : []);

for (const name of ['claude', 'codex', 'gemini'] as const) {
  await describeAgent(name, (bin) => {
    it('does a task, mends in its own session what is red, and lands on origin', async () => {
      expect(bin).not.toBe('');
      await provesItself(name, bin, () => rights(name));
    });
  });
}
