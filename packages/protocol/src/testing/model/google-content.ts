import { listOf, textIn, toolOf, turnsOf, USED, type Asked, type Body, type Move } from './asked.ts';

/** Reads what is asked by `POST /v1beta/models/MODEL:streamGenerateContent`. */
export function askedByContent(body: Body, path: string): Asked {
  const contents = listOf(body['contents']);
  const isResult = ({ parts }: Body) => listOf(parts).some((part) => part['functionResponse'] !== undefined);
  const declared = listOf(body['tools']).flatMap((tool) => listOf(tool['functionDeclarations']));
  return {
    model: /models\/([^:/]+):/.exec(path)?.[1] ?? '',
    ...turnsOf(contents, isResult),
    text: textIn([body['systemInstruction'], contents]),
    tools: declared.map(({ name, parameters, parametersJsonSchema }) =>
      toolOf(name, parametersJsonSchema ?? parameters),
    ),
  };
}

/** Returns the answer, as a list of server-sent events; of a list of one it is that one. */
export function contentAnswer(move: Move): readonly Body[] {
  const part = 'tool' in move ? { functionCall: { name: move.tool, args: move.input } } : { text: move.text };
  const usageMetadata = {
    promptTokenCount: USED.input + USED.cached,
    cachedContentTokenCount: USED.cached,
    candidatesTokenCount: USED.output,
    totalTokenCount: USED.input + USED.cached + USED.output,
  };
  return [
    { candidates: [{ content: { role: 'model', parts: [part] }, finishReason: 'STOP', index: 0 }], usageMetadata },
  ];
}
