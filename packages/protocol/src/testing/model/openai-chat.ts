import { bodyOf, listOf, textIn, toolOf, turnsOf, USED, wordOf, type Asked, type Body, type Move } from './asked.ts';

/** Reads what is asked by `POST /v1/chat/completions`. */
export function askedByChat(body: Body): Asked {
  const messages = listOf(body['messages']);
  return {
    model: wordOf(body['model']) ?? '',
    effort: wordOf(body['reasoning_effort']),
    ...turnsOf(messages, ({ role }) => role === 'tool'),
    text: textIn(messages),
    tools: listOf(body['tools']).map(({ function: tool }) => toolOf(bodyOf(tool)['name'], bodyOf(tool)['parameters'])),
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
  const usage = {
    prompt_tokens: USED.input + USED.cached,
    prompt_tokens_details: { cached_tokens: USED.cached },
    completion_tokens: USED.output,
    total_tokens: USED.input + USED.cached + USED.output,
  };
  const isTool = 'tool' in move;
  const said = isTool ? { tool_calls: [callOf(move.tool, move.input, id)] } : { content: move.text };
  return [chunk({ role: 'assistant', ...said }, null), chunk({}, isTool ? 'tool_calls' : 'stop', { usage })];
}

function callOf(name: string, input: unknown, id: string): Body {
  return { index: 0, id: `call_${id}`, type: 'function', function: { name, arguments: JSON.stringify(input) } };
}
