import { fieldsOf, type Fields } from '../usage/figures.ts';
import { targetIn } from './said-by-claude.ts';
import { ending, saying, sessionOf, trouble, using, type Doing, type Said } from './said.ts';

const EDITS: ReadonlySet<unknown> = new Set(['write', 'edit']);

/** pi by `--mode json`: what it does is told whole in `message_end`, and before that bit by bit. */
export function saidByPi(said: Fields): Said | undefined {
  switch (said['type']) {
    case 'session':
      return { session: sessionOf(said['id']), doing: [] };
    case 'tool_execution_start':
      return {
        doing: using(said['toolName'], targetIn(fieldsOf(said['args'])), EDITS.has(said['toolName'])),
      };
    case 'message_end':
      return { doing: spoken(fieldsOf(said['message']) ?? {}) };
    case 'auto_retry_start':
      return { doing: trouble(said['errorMessage'], undefined, said['delayMs']) };
    case 'agent_end': {
      const messages: readonly unknown[] = Array.isArray(said['messages']) ? said['messages'] : [];
      // It ends after an error, too, and with status 0.
      return { doing: hasFailed(fieldsOf(messages.at(-1)) ?? {}) ? [] : ending('') };
    }
    default:
      return undefined;
  }
}

function spoken(message: Fields): readonly Doing[] {
  if (message['role'] !== 'assistant') return [];
  const parts: readonly unknown[] = Array.isArray(message['content']) ? message['content'] : [];
  const texts = parts.flatMap((part) => saying('text', fieldsOf(part)?.['text']));
  return hasFailed(message) ? [...texts, ...trouble(message['errorMessage'] ?? 'error')] : texts;
}

function hasFailed(message: Fields): boolean {
  return message['stopReason'] === 'error';
}
