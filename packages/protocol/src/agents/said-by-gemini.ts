import { fieldsOf, type Fields } from '../usage/figures.ts';
import { targetIn } from './said-by-claude.ts';
import { ending, LONGEST_TEXT, saying, sessionOf, trouble, using, type Doing, type Said } from './said.ts';

const EDITS: ReadonlySet<unknown> = new Set(['write_file', 'replace', 'edit']);

/** Gemini CLI by `--output-format stream-json`. */
export function saidByGemini(said: Fields): Said | undefined {
  switch (said['type']) {
    case 'init':
      return { session: sessionOf(said['session_id']), doing: [] };
    case 'message':
      return { doing: said['role'] === 'assistant' ? spoken(said) : [] };
    case 'tool_use': {
      const name = said['tool_name'];
      if (name === undefined) return undefined;
      return { doing: using(name, targetIn(fieldsOf(said['parameters'])), EDITS.has(name)) };
    }
    case 'error':
      return said['severity'] === undefined ? undefined : { doing: trouble(said['message']) };
    case 'result':
      if (said['stats'] === undefined) return undefined;
      return { doing: said['status'] === 'error' ? trouble(fieldsOf(said['error'])?.['message']) : ending('') };
    default:
      return undefined;
  }
}

/** It tells what it says bit by bit. */
function spoken(said: Fields): readonly Doing[] {
  const text = said['content'];
  if (said['delta'] !== true || typeof text !== 'string' || text === '') return saying('text', text);
  return [{ kind: 'text', text: text.slice(0, LONGEST_TEXT), goesOn: true }];
}
