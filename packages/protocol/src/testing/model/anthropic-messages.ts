import { listOf, textIn, type Asked, type Body, type Move } from './asked.ts';

const USAGE = { input_tokens: 1000, output_tokens: 20 };

/** Reads what is asked by `POST /v1/messages`. */
export function askedByMessages(body: Body): Asked {
  const messages = listOf(body['messages']);
  const results = messages.map(({ role, content }) => ({
    role,
    isResult: listOf(content).some(({ type }) => type === 'tool_result'),
  }));
  const lastAsk = results.findLastIndex(({ role, isResult }) => role === 'user' && !isResult);
  return {
    text: textIn([body['system'], messages]),
    tools: listOf(body['tools']).map(({ name }) => String(name)),
    used: results.slice(lastAsk + 1).filter(({ isResult }) => isResult).length,
  };
}

/** Returns the answer, as a list of server-sent events. */
export function messagesAnswer(body: Body, move: Move, id: string): readonly Body[] {
  const isTool = 'tool' in move;
  const block = isTool
    ? { type: 'tool_use', id: `toolu_${id}`, name: move.tool, input: {} }
    : { type: 'text', text: '' };
  const delta = isTool
    ? { type: 'input_json_delta', partial_json: JSON.stringify(move.input) }
    : { type: 'text_delta', text: move.text };
  const message = {
    id: `msg_${id}`,
    type: 'message',
    role: 'assistant',
    model: body['model'],
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { ...USAGE, output_tokens: 1 },
  };
  return [
    { type: 'message_start', message },
    { type: 'content_block_start', index: 0, content_block: block },
    { type: 'content_block_delta', index: 0, delta },
    { type: 'content_block_stop', index: 0 },
    {
      type: 'message_delta',
      delta: { stop_reason: isTool ? 'tool_use' : 'end_turn', stop_sequence: null },
      usage: USAGE,
    },
    { type: 'message_stop' },
  ];
}

/** Returns the same answer as one message, for whoever does not ask for a stream. */
export function wholeMessage(body: Body, move: Move, id: string): Body {
  const content =
    'tool' in move
      ? [{ type: 'tool_use', id: `toolu_${id}`, name: move.tool, input: move.input }]
      : [{ type: 'text', text: move.text }];
  return {
    id: `msg_${id}`,
    type: 'message',
    role: 'assistant',
    model: body['model'],
    content,
    stop_reason: 'tool' in move ? 'tool_use' : 'end_turn',
    stop_sequence: null,
    usage: USAGE,
  };
}
