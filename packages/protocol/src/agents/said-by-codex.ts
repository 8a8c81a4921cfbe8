import { fieldsOf, type Fields } from '../usage/figures.ts';
import { ending, saying, sessionOf, textOf, trouble, using, type Doing, type Said } from './said.ts';

/** Codex by `codex exec --json`: a thread has turns, and a turn has items. */
export function saidByCodex(said: Fields): Said | undefined {
  switch (said['type']) {
    case 'thread.started':
      return { session: sessionOf(said['thread_id']), doing: [] };
    case 'item.started':
      return { doing: begun(fieldsOf(said['item']) ?? {}) };
    case 'item.completed':
      return { doing: ended(fieldsOf(said['item']) ?? {}) };
    case 'error':
      // That of others has more.
      return textOf(said['message']) === undefined || said['severity'] !== undefined
        ? undefined
        : { doing: trouble(said['message']) };
    case 'turn.failed':
      return { doing: trouble(fieldsOf(said['error'])?.['message']) };
    case 'turn.completed':
      return { doing: ending('') };
    default:
      return undefined;
  }
}

/** What takes its time is told when it begins. */
function begun(item: Fields): readonly Doing[] {
  switch (item['type']) {
    case 'command_execution':
      return using('command', item['command'], false);
    case 'mcp_tool_call':
      return using(`${textOf(item['server']) ?? 'mcp'}.${textOf(item['tool']) ?? 'tool'}`, '', false);
    case 'web_search':
      return using('web_search', item['query'], false);
    default:
      return [];
  }
}

function ended(item: Fields): readonly Doing[] {
  switch (item['type']) {
    case 'agent_message':
      return saying('text', item['text']);
    case 'file_change':
      return (Array.isArray(item['changes']) ? item['changes'] : []).flatMap((change: unknown) =>
        using('file_change', fieldsOf(change)?.['path'], true),
      );
    case 'error':
      return trouble(item['message']);
    default:
      return [];
  }
}
