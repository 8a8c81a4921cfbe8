import { describe } from 'vitest';
import { providedAgent, type RealAgent } from './pinned-agents.ts';

/** Describes what holds for a real agent, which npm installs first. */
export async function describeAgent(name: RealAgent, holds: (bin: string) => void): Promise<void> {
  const provided = await providedAgent(name);
  const bin = 'bin' in provided ? provided.bin : '';
  const why = 'missing' in provided ? ` (skipped: ${provided.missing})` : '';
  // Where npm cannot be reached there is no agent; the title says what npm said.
  describe.skipIf(bin === '')(`the real ${name}${why}`, () => {
    holds(bin);
  });
}
