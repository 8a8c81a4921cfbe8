import { fieldsOf, type Fields } from '../usage/figures.ts';
import { targetIn } from './said-by-claude.ts';
import { saying, sessionOf, using, type Said } from './said.ts';

const EDITS: ReadonlySet<unknown> = new Set(['write', 'edit', 'patch', 'multiedit', 'apply_patch']);

/** opencode by `run --format json`: every line has its session. */
export function saidByOpencode(said: Fields): Said | undefined {
  const session = sessionOf(said['sessionID']);
  if (session === undefined) return undefined;
  const part = fieldsOf(said['part']) ?? {};
  switch (said['type']) {
    case 'text':
      return { session, doing: saying('text', part['text']) };
    case 'tool_use': {
      const input = fieldsOf(fieldsOf(part['state'])?.['input']);
      const target = targetIn(input) ?? input?.['filePath'];
      return { session, doing: using(part['tool'], target, EDITS.has(part['tool'])) };
    }
    case 'error':
      return { session, doing: saying('error', fieldsOf(fieldsOf(said['error'])?.['data'])?.['message']) };
    default:
      return { session, doing: [] };
  }
}
