import { askedByMessages, messagesAnswer, wholeMessage } from './anthropic-messages.ts';
import type { Asked, Body, Move, Refusal } from './asked.ts';
import { askedByContent, contentAnswer } from './google-content.ts';
import { askedByChat, chatAnswer } from './openai-chat.ts';
import { askedByResponses, responsesAnswer } from './openai-responses.ts';

/** How an interface of a provider is spoken. */
export interface Tongue {
  asked(body: Body): Asked;
  /** A list is a stream of server-sent events. */
  answer(body: Body, move: Move, id: string): Body | readonly Body[];
  refusal(refused: Refusal): Body;
}

/** Returns how whoever asks at a path is spoken to; nothing where nobody answers. */
export function tongueAt(path: string): Tongue | undefined {
  if (path.endsWith('/messages')) return MESSAGES;
  if (path.endsWith('/responses')) return RESPONSES;
  if (path.endsWith('/chat/completions')) return CHAT;
  if (/:(?:streamG|g)enerateContent$/.test(path)) return content(path);
  return undefined;
}

const MESSAGES: Tongue = {
  asked: askedByMessages,
  answer: (body, move, id) => (body['stream'] === true ? messagesAnswer(body, move, id) : wholeMessage(body, move, id)),
  refusal: ({ refuse, message }) => ({
    type: 'error',
    error: { type: refuse === 429 ? 'rate_limit_error' : 'invalid_request_error', message },
  }),
};

const RESPONSES: Tongue = { asked: askedByResponses, answer: responsesAnswer, refusal: byOpenai };

const CHAT: Tongue = { asked: askedByChat, answer: chatAnswer, refusal: byOpenai };

function byOpenai({ refuse, message }: Refusal): Body {
  const type = refuse === 429 ? 'rate_limit_exceeded' : 'invalid_request_error';
  return { error: { message, type, param: null, code: type } };
}

function content(path: string): Tongue {
  return {
    asked: (body) => askedByContent(body, path),
    answer: (_body, move) => (path.includes(':stream') ? contentAnswer(move) : (contentAnswer(move)[0] ?? {})),
    refusal: ({ refuse, message }) => ({
      error: { code: refuse, message, status: refuse === 429 ? 'RESOURCE_EXHAUSTED' : 'INVALID_ARGUMENT' },
    }),
  };
}
