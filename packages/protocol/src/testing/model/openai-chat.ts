import { listOf, textIn, type Asked, type Body, type Move } from './asked.ts';

/** Reads what is asked by `POST /v1/chat/completions`. */
export function askedByChat(body: Body): Asked {
  const messages = listOf(body['messages']);
  const lastAsk = messages.findLastIndex(({ role }) => role === 'user');
  return {
    text: textIn(messages),
    tools: listOf(body['tools']).map(({ function: tool }) => String((tool as Body | undefined)?.['name'])),
    used: messages.slice(lastAsk + 1).filter(({ role }) => role === 'tool').length,
  };
}

/** Returns the answer, as a list of server-sent events. */
export function chatAnswer(body: Body, move: Move, id: string): readonly Body[] {
  const chunk = (delta: Body, finish: string | null, more: Body = {}) => ({
    id: `chatcmpl-${id}`,
    object: 'chat.completion.chunk',
    created: 1,
    model: body['model'],
    choices: [{ index: 0, delta, finish_reason: finish }],
    ...more,
  });
  const usage = { prompt_tokens: 1000, completion_tokens: 20, total_tokens: 1020 };
  const call =
    'tool' in move
      ? {
          tool_calls: [
            {
              index: 0,
              id: `call_${id}`,
              type: 'function',
              function: { name: move.tool, arguments: JSON.stringify(move.input) },
            },
          ],
        }
      : { content: move.text };
  return [chunk({ role: 'assistant', ...call }, null), chunk({}, 'tool' in move ? 'tool_calls' : 'stop', { usage })];
}
