import { bodyOf, listOf, textIn, toolOf, turnsOf, USED, wordOf, type Asked, type Body, type Move } from './asked.ts';

/** Reads what is asked by `POST /v1/messages`. */
export function askedByMessages(body: Body): Asked {
  const messages = listOf(body['messages']);
  const isResult = ({ content }: Body) => listOf(content).some(({ type }) => type === 'tool_result');
  return {
    model: wordOf(body['model']) ?? '',
    effort: wordOf(bodyOf(body['output_config'])['effort']),
    ...turnsOf(messages, isResult),
    text: textIn([body['system'], messages]),
    tools: listOf(body['tools']).map(({ name, input_schema: schema }) => toolOf(name, schema)),
  };
}

const USAGE = { input_tokens: USED.input, cache_read_input_tokens: USED.cached, cache_creation_input_tokens: 0 };

/** Returns the answer, as a list of server-sent events. */
export function messagesAnswer(body: Body, move: Move, id: string): readonly Body[] {
  const { content, stop_reason, ...message } = wholeMessage(body, move, id);
  const isTool = 'tool' in move;
  const [block] = content;
  const delta = isTool
    ? { type: 'input_json_delta', partial_json: JSON.stringify(move.input) }
    : { type: 'text_delta', text: move.text };
  const usage = { ...USAGE, output_tokens: 1 };
  return [
    { type: 'message_start', message: { ...message, content: [], stop_reason: null, usage } },
    { type: 'content_block_start', index: 0, content_block: { ...block, ...(isTool ? { input: {} } : { text: '' }) } },
    { type: 'content_block_delta', index: 0, delta },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason, stop_sequence: null }, usage: message.usage },
    { type: 'message_stop' },
  ];
}

/** Returns the same answer as one message, for whoever does not ask for a stream. */
export function wholeMessage(body: Body, move: Move, id: string) {
  const block =
    'tool' in move
      ? { type: 'tool_use', id: `toolu_${id}`, name: move.tool, input: move.input }
      : { type: 'text', text: move.text };
  return {
    id: `msg_${id}`,
    type: 'message',
    role: 'assistant',
    model: body['model'],
    content: [block],
    stop_reason: 'tool' in move ? 'tool_use' : 'end_turn',
    stop_sequence: null,
    usage: { ...USAGE, output_tokens: USED.output },
  };
}
