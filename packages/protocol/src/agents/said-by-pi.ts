import { fieldsOf, type Fields } from '../usage/figures.ts';
import { targetIn } from './said-by-claude.ts';
import { ending, saying, sessionOf, using, type Said } from './said.ts';

const EDITS: ReadonlySet<unknown> = new Set(['write', 'edit']);

/** pi by `--mode json`. */
export function saidByPi(said: Fields): Said | undefined {
  switch (said['type']) {
    case 'session':
      return { session: sessionOf(said['id']), doing: [] };
    case 'tool_execution_start':
      return {
        doing: using(said['toolName'], targetIn(fieldsOf(said['args'])), EDITS.has(said['toolName'])),
      };
    case 'message_end': {
      const message = fieldsOf(said['message']) ?? {};
      if (message['role'] !== 'assistant') return { doing: [] };
      const parts: readonly unknown[] = Array.isArray(message['content']) ? message['content'] : [];
      return { doing: parts.flatMap((part) => saying('text', fieldsOf(part)?.['text'])) };
    }
    case 'agent_end':
      return { doing: ending('') };
    default:
      return undefined;
  }
}
