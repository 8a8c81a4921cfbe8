import { envSecrets } from '@ralph/protocol/cli/env-secrets';

const SHORTEST = 6;
const TAKEN_OUT = '[redacted]';

/** Words that say nothing, as they stand in many an address and in many an answer. */
const PLAIN = /^(?:[a-z_-]{0,20}|[A-Z][a-z]{0,9})$/;

/** Names of variables that hold secrets as a rule; paths and sockets are no secrets whatever they are called. */
const NAMED = /pass(?!ed)|secret|token|api_?key|private|credential|webhook/i;

/** What of a webhook nobody is to read. */
export interface OwnWords {
  /** The final address. */
  readonly url: string;
  /** Values of its headers. */
  readonly headers: readonly string[];
  /** What was filled in from variables, the secret of the signature included. */
  readonly filled: readonly string[];
}

/** Returns everything of a webhook by which others could call it, in the forms in which it may come back. Pure. */
export function ownSecrets({ url, headers, filled }: OwnWords): string[] {
  const { pathname, search, searchParams, username, password } = new URL(url);
  const parts = [...pathname.split('/'), ...searchParams.values()].filter((part) => !PLAIN.test(part));
  const words = headers.flatMap((value) => [value, ...value.split(/\s+/).filter((word) => !PLAIN.test(word))]);
  const login = username === '' && password === '' ? [] : [password, basic(username, password)];
  const keys = filled.map((value) => value.replace(/^whsec_/, ''));
  const all = [`${pathname}${search}`, pathname, search, ...parts, ...words, ...login, ...filled, ...keys];
  const forms = all.flatMap((text) => [
    text,
    decoded(text),
    encodeURIComponent(text),
    JSON.stringify(text).slice(1, -1),
  ]);
  return [...new Set(forms)].filter(({ length }) => length >= SHORTEST).toSorted((a, b) => b.length - a.length);
}

/**
 * Returns what a command may say that nobody is to read: the rest of addresses in its words, and the values of variables
 * that are named like secrets. Pure.
 */
export function commandSecrets(argv: readonly string[], env: NodeJS.ProcessEnv): string[] {
  const urls = argv.flatMap((word) => word.match(/https?:\/\/[^\s'"`<>]+/gi) ?? []).filter((url) => URL.canParse(url));
  const named = Object.entries(env).filter(([name]) => NAMED.test(name));
  const values = named.flatMap(([, value = '']) => envSecrets(`secret=${JSON.stringify(value)}`));
  return [...new Set([...urls.flatMap((url) => ownSecrets({ url, headers: [], filled: [] })), ...values])];
}

/** Returns a text without the secrets, and without the beginning of one at the end of what was read. Pure. */
export function withoutOwn(text: string, secrets: readonly string[]): string {
  let left = text;
  for (const secret of secrets) left = left.replaceAll(secret, TAKEN_OUT);
  for (const secret of secrets) {
    for (let length = Math.min(secret.length - 1, left.length); length >= SHORTEST; length -= 1) {
      if (left.endsWith(secret.slice(0, length))) left = `${left.slice(0, -length)}${TAKEN_OUT}`;
    }
  }
  return left;
}

function basic(username: string, password: string): string {
  return Buffer.from(`${decoded(username)}:${decoded(password)}`).toString('base64');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
