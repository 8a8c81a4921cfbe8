import { listOf, textIn, type Asked, type Body, type Move } from './asked.ts';

/** Reads what is asked by `POST /v1beta/models/MODEL:streamGenerateContent`. */
export function askedByContent(body: Body): Asked {
  const contents = listOf(body['contents']);
  const isResult = ({ parts }: Body) => listOf(parts).some((part) => part['functionResponse'] !== undefined);
  const lastAsk = contents.findLastIndex((content) => content['role'] === 'user' && !isResult(content));
  return {
    text: textIn([body['systemInstruction'], contents]),
    tools: listOf(body['tools'])
      .flatMap((tool) => listOf(tool['functionDeclarations']))
      .map(({ name }) => String(name)),
    used: contents.slice(lastAsk + 1).filter(isResult).length,
  };
}

/** Returns the answer, as a list of server-sent events; of a list of one it is that one. */
export function contentAnswer(move: Move): readonly Body[] {
  const part = 'tool' in move ? { functionCall: { name: move.tool, args: move.input } } : { text: move.text };
  const usageMetadata = { promptTokenCount: 1000, candidatesTokenCount: 20, totalTokenCount: 1020 };
  return [
    { candidates: [{ content: { role: 'model', parts: [part] }, finishReason: 'STOP', index: 0 }], usageMetadata },
  ];
}
