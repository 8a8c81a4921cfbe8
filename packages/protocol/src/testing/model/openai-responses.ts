import { bodyOf, listOf, textIn, toolOf, turnsOf, USED, wordOf, type Asked, type Body, type Move } from './asked.ts';

/** Reads what is asked by `POST /v1/responses`. */
export function askedByResponses(body: Body): Asked {
  const input = listOf(body['input']);
  return {
    model: wordOf(body['model']) ?? '',
    effort: wordOf(bodyOf(body['reasoning'])['effort']),
    ...turnsOf(input, ({ type }) => type === 'function_call_output'),
    text: textIn([body['instructions'], input]),
    tools: listOf(body['tools']).map(({ name, type, parameters }) => toolOf(name ?? type, parameters)),
  };
}

/** Returns the answer, as a list of server-sent events. */
export function responsesAnswer(body: Body, move: Move, id: string): readonly Body[] {
  const item =
    'tool' in move
      ? { type: 'function_call', name: move.tool, arguments: JSON.stringify(move.input), call_id: `call_${id}` }
      : { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: move.text }] };
  const response = { id: `resp_${id}`, object: 'response', model: body['model'], output: [] };
  const usage = {
    input_tokens: USED.input + USED.cached,
    input_tokens_details: { cached_tokens: USED.cached },
    output_tokens: USED.output,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: USED.input + USED.cached + USED.output,
  };
  return [
    { type: 'response.created', response: { ...response, status: 'in_progress' } },
    { type: 'response.output_item.done', output_index: 0, item: { id: `item_${id}`, status: 'completed', ...item } },
    { type: 'response.completed', response: { ...response, status: 'completed', usage } },
  ];
}
