import { fieldsOf, type Fields } from '../usage/figures.ts';
import { ending, saying, sessionOf, textOf, trouble, using, type Said } from './said.ts';

const EDITS: ReadonlySet<unknown> = new Set(['Write', 'Edit', 'MultiEdit', 'NotebookEdit']);

/** What is used on what, by the names that tools give it. */
const TARGETS = ['file_path', 'notebook_path', 'path', 'command', 'pattern', 'query', 'url', 'description'] as const;

/** Claude Code by `--output-format stream-json`, and Cursor, whose lines are of the same kind but for its tools. */
export function saidByClaude(said: Fields): Said | undefined {
  const session = sessionOf(said['session_id']);
  switch (said['type']) {
    case 'system':
      return { session, doing: said['subtype'] === 'api_retry' ? retrying(said) : [] };
    case 'assistant': {
      const error = textOf(said['error']);
      return { session, doing: partsOf(said).flatMap(error === undefined ? doingOf : (part) => failing(part, error)) };
    }
    case 'tool_call':
      return said['subtype'] === 'started' ? { session, doing: byCursor(fieldsOf(said['tool_call'])) } : { doing: [] };
    case 'rate_limit_event': {
      const isRejected = fieldsOf(said['rate_limit_info'])?.['status'] === 'rejected';
      return { session, doing: isRejected ? saying('limit', 'usage limit reached') : [] };
    }
    case 'result':
      // That of Gemini has other fields.
      if (said['stats'] !== undefined) return undefined;
      return { session, doing: said['is_error'] === true ? brokenOff(said) : ending(said['result']) };
    default:
      return undefined;
  }
}

function retrying(said: Fields) {
  const status = said['error_status'];
  const words = `${textOf(said['error']) ?? 'an error'} (status ${typeof status === 'number' ? status : 'unknown'})`;
  return trouble(words, status, said['retry_delay_ms']);
}

function brokenOff(said: Fields) {
  const errors: readonly unknown[] = Array.isArray(said['errors']) ? said['errors'] : [];
  return trouble(textOf(said['result']) ?? textOf(errors[0]) ?? said['subtype'], said['api_error_status']);
}

/** What it says on behalf of a provider that has not answered. */
function failing(part: unknown, error: string) {
  return trouble(fieldsOf(part)?.['text'], error === 'rate_limit' ? 429 : undefined);
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
