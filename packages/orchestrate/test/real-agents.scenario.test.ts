import { describe, expect, it } from 'vitest';
import { canSandbox } from '@ralph/protocol/testing/sandbox-here';
import { provesItself } from './real-agents/landed-by-agent.ts';
import { providedAgent } from './real-agents/pinned-agents.ts';

/** That of Codex for its own commands needs what a sandbox of ours needs. */
const rights = (name: string) => (name === 'codex' && !canSandbox() ? ['--approval', 'all'] : []);

for (const name of ['claude', 'codex', 'gemini'] as const) {
  const provided = await providedAgent(name);
  const bin = 'bin' in provided ? provided.bin : '';
  const why = 'missing' in provided ? ` (skipped: ${provided.missing})` : '';
  // Where npm cannot be reached there is no agent; the title says what npm said.
  describe.skipIf(bin === '')(`the real ${name}${why}`, () => {
    it('does a task, mends in its own session what is red, and lands on origin', async () => {
      expect(bin).not.toBe('');
      await provesItself(name, bin, () => rights(name));
    });
  });
}
