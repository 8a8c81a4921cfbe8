import { fieldsOf } from '../usage/figures.ts';
import { saidByClaude } from './said-by-claude.ts';
import { saidByCodex } from './said-by-codex.ts';
import { saidByGemini } from './said-by-gemini.ts';
import { saidByKimi } from './said-by-kimi.ts';
import { saidByOpencode } from './said-by-opencode.ts';
import { saidByPi } from './said-by-pi.ts';
import type { Said } from './said.ts';

const READERS = [saidByOpencode, saidByClaude, saidByCodex, saidByGemini, saidByPi, saidByKimi];

/**
 * Reads what one JSON value of an agent's output says of what the agent does; nothing for what is of none of those that
 * are known. Whose output it is shows by its form, since any command may be the agent.
 */
export function saidBy(value: unknown): Said | undefined {
  const said = fieldsOf(value);
  if (said === undefined) return undefined;
  for (const by of READERS) {
    const found = by(said);
    if (found !== undefined) return found;
  }
  return undefined;
}
