import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { canSandbox } from '@ralph/protocol/testing/sandbox-here';
import { describeAgent } from './real-agents/describe-agent.ts';
import { provesItself } from './real-agents/landed-by-agent.ts';
import { REAL_AGENTS, type RealAgent } from './real-agents/pinned-agents.ts';
import { refusedAgent } from './real-agents/refused-agent.ts';

/** What each has to write beside its workspace: docs/agents.md names them. */
const WRITES: Readonly<Record<RealAgent, readonly string[]>> = {
  claude: ['.claude'],
  codex: ['.codex'],
  gemini: ['.gemini'],
  opencode: ['.config/opencode', '.local/share/opencode', '.local/state/opencode', '.cache/opencode'],
  pi: ['.pi'],
  kimi: ['.kimi-code'],
};

for (const name of REAL_AGENTS) {
  await describeAgent(name, (bin) => {
    it('does a task, mends in its own session what is red, and lands on origin', async () => {
      expect(bin).not.toBe('');
      await provesItself(name, bin, () => ['--approval', 'all']);
    });

    // Without bubblewrap, or where user namespaces are forbidden, there is no sandbox.
    it.skipIf(!canSandbox())('does the same in a sandbox that lets it write where it keeps its sessions', async () => {
      expect(bin).not.toBe('');
      await provesItself(name, bin, (home) => {
        const folders = WRITES[name].map((path) => join(home, path));
        for (const folder of folders) mkdirSync(folder, { recursive: true });
        const writes = folders.flatMap((folder) => ['--sandbox-write', folder]);
        return ['--sandbox', 'bwrap', '--sandbox-read', dirname(dirname(bin)), ...writes];
      });
    });

    it('is known to have met a limit of its provider', async () => {
      const wish = { refuse: 429, retryAfter: 1, message: 'Too many requests: the limit is reached' };
      expect(await refusedAgent(name, bin, wish)).toMatchObject({ code: 'rate_limited' });
    });

    it('has not done its task when its provider refuses it in the middle, whatever its status is', async () => {
      const wish = { refuse: 400, message: 'this model is not there' };
      const { code, reason, last_lines } = await refusedAgent(name, bin, wish);
      // Kimi ends with words about its own log.
      const told = JSON.stringify(name === 'kimi' ? last_lines : reason);
      expect({ code, told }).toEqual({
        code: 'agent_failed',
        told: expect.stringContaining('this model is not there'),
      });
    });
  });
}
