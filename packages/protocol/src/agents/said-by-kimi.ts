import { lightJson } from '../contract/light-json.ts';
import { fieldsOf, type Fields } from '../usage/figures.ts';
import { targetIn } from './said-by-claude.ts';
import { ending, saying, sessionOf, textOf, trouble, using, type Said } from './said.ts';

const EDITS: ReadonlySet<unknown> = new Set(['Write', 'Edit']);

/** Kimi Code by `--output-format stream-json`: messages as models have them, and `meta` beside them. */
export function saidByKimi(said: Fields): Said | undefined {
  if (said['role'] === 'assistant') {
    const calls: readonly unknown[] = Array.isArray(said['tool_calls']) ? said['tool_calls'] : [];
    return { doing: [...saying('text', said['content']), ...calls.flatMap(called)] };
  }
  if (said['role'] !== 'meta') return undefined;
  switch (said['type']) {
    case 'turn.step.retrying':
      return { doing: trouble(said['error_message'], said['status_code'], said['delay_ms']) };
    case 'session.resume_hint':
      // Its session it tells when it has done all.
      return { session: sessionOf(said['session_id']), doing: ending('') };
    default:
      return { doing: [] };
  }
}

function called(value: unknown) {
  const call = fieldsOf(fieldsOf(value)?.['function']);
  return using(call?.['name'], targetIn(argumentsOf(call?.['arguments'])), EDITS.has(call?.['name']));
}

/** What it is used on is JSON in JSON. */
function argumentsOf(value: unknown): Fields | undefined {
  const text = textOf(value);
  if (text === undefined) return undefined;
  try {
    return fieldsOf(lightJson(text));
  } catch {
    return undefined;
  }
}
