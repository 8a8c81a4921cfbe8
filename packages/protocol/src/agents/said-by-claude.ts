import { fieldsOf, type Fields } from '../usage/figures.ts';
import { ending, saying, sessionOf, textOf, using, type Said } from './said.ts';

const EDITS: ReadonlySet<unknown> = new Set(['Write', 'Edit', 'MultiEdit', 'NotebookEdit']);

/** What is used on what, by the names that tools give it. */
const TARGETS = ['file_path', 'notebook_path', 'path', 'command', 'pattern', 'query', 'url', 'description'] as const;

/** Claude Code by `--output-format stream-json`, and Cursor, whose lines are of the same kind but for its tools. */
export function saidByClaude(said: Fields): Said | undefined {
  const session = sessionOf(said['session_id']);
  switch (said['type']) {
    case 'system':
      return { session, doing: [] };
    case 'assistant':
      return { session, doing: partsOf(said).flatMap(doingOf) };
    case 'tool_call':
      return said['subtype'] === 'started' ? { session, doing: byCursor(fieldsOf(said['tool_call'])) } : { doing: [] };
    case 'rate_limit_event': {
      const info = fieldsOf(said['rate_limit_info']);
      return { session, doing: info?.['status'] === 'rejected' ? saying('limit', 'a limit of the provider') : [] };
    }
    case 'result':
      // That of Gemini has other fields.
      if (said['stats'] !== undefined) return undefined;
      return { session, doing: said['is_error'] === true ? saying('error', said['result']) : ending(said['result']) };
    default:
      return undefined;
  }
}

function partsOf(said: Fields): readonly unknown[] {
  const content = fieldsOf(said['message'])?.['content'];
  return Array.isArray(content) ? content : [];
}

function doingOf(value: unknown) {
  const part = fieldsOf(value);
  if (part?.['type'] === 'text') return saying('text', part['text']);
  if (part?.['type'] !== 'tool_use') return [];
  return using(part['name'], targetIn(fieldsOf(part['input'])), EDITS.has(part['name']));
}

/** `{"writeToolCall": {"args": {"path": …}}}` */
function byCursor(call: Fields | undefined) {
  const [name, value] = Object.entries(call ?? {}).find(([key]) => key.endsWith('ToolCall')) ?? [];
  const tool = name?.slice(0, -'ToolCall'.length);
  return using(tool, targetIn(fieldsOf(fieldsOf(value)?.['args'])), tool === 'write' || tool === 'edit');
}

/** Returns what a tool is used on; nothing when it has no field that says so. */
export function targetIn(input: Fields | undefined): string | undefined {
  return TARGETS.map((name) => textOf(input?.[name])).find((text) => text !== undefined);
}
