import { listOf, textIn, type Asked, type Body, type Move } from './asked.ts';

/** Reads what is asked by `POST /v1/responses`. */
export function askedByResponses(body: Body): Asked {
  const input = listOf(body['input']);
  const lastAsk = input.findLastIndex(({ role }) => role === 'user');
  return {
    text: textIn([body['instructions'], input]),
    tools: listOf(body['tools']).map(({ name, type }) => String(name ?? type)),
    used: input.slice(lastAsk + 1).filter(({ type }) => type === 'function_call_output').length,
  };
}

/** Returns the answer, as a list of server-sent events. */
export function responsesAnswer(body: Body, move: Move, id: string): readonly Body[] {
  const item =
    'tool' in move
      ? { type: 'function_call', name: move.tool, arguments: JSON.stringify(move.input), call_id: `call_${id}` }
      : { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: move.text }] };
  const response = { id: `resp_${id}`, object: 'response', model: body['model'] };
  const usage = {
    input_tokens: 1000,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: 20,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 1020,
  };
  return [
    { type: 'response.created', response: { ...response, status: 'in_progress', output: [] } },
    { type: 'response.output_item.done', output_index: 0, item: { id: `item_${id}`, status: 'completed', ...item } },
    { type: 'response.completed', response: { ...response, status: 'completed', output: [], usage } },
  ];
}
