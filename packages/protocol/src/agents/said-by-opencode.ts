import { fieldsOf, type Fields } from '../usage/figures.ts';
import { targetIn } from './said-by-claude.ts';
import { ending, saying, sessionOf, trouble, using, type Said } from './said.ts';

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
    case 'step_finish':
      return { session, doing: part['reason'] === 'stop' ? ending('') : [] };
    case 'error':
      return { session, doing: refused(fieldsOf(said['error']) ?? {}) };
    default:
      return { session, doing: [] };
  }
}

function refused(error: Fields) {
  const data = fieldsOf(error['data']) ?? {};
  const after = Number(fieldsOf(data['responseHeaders'])?.['retry-after'] ?? 'none');
  return trouble(data['message'] ?? error['name'], data['statusCode'], after * 1000);
}
