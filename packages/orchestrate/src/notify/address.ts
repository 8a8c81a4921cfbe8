import { isHttp } from '@ralph/protocol/contract/notify-settings';
import { ownSecrets } from './own-secrets.ts';
import { signingKey } from './signature.ts';
import type { Way } from './target.ts';

/** A webhook with everything that it takes to call it. */
export interface Address {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Nothing where it is not signed. */
  readonly key: Buffer | undefined;
}

/** With the address come all words of it that nobody is to read. */
export type Resolved =
  { readonly address: Address; readonly secrets: readonly string[] } | { readonly trouble: string };

/**
 * Fills in the variables that a webhook names. The words of a trouble name variables and never hold what is in them.
 * Pure.
 */
export function resolveAddress(
  { url, headers, secretEnv }: Extract<Way, { kind: 'webhook' }>,
  env: NodeJS.ProcessEnv,
): Resolved {
  const missing = new Set<string>();
  const used = new Set<string>();
  const valueOf = (name: string) => {
    const value = env[name] ?? '';
    if (value === '') missing.add(name);
    used.add(value);
    return value;
  };
  const filled = (text: string) => text.replaceAll(/\$\{([A-Za-z_]\w*)\}/g, (_, name: string) => valueOf(name));
  const where = filled(url);
  const told = Object.entries(headers).map(([name, value]) => [name, filled(value)] as const);
  const secret = secretEnv === undefined ? undefined : valueOf(secretEnv);
  if (missing.size > 0) return { trouble: `not set in the environment: ${[...missing].join(', ')}` };
  if (!isHttp(where)) return { trouble: `${shownUrl(url)} is not an address that begins with http:// or https://` };
  const bad = told.find(([, value]) => !/^[\t\x20-\x7E]*$/.test(value));
  if (bad !== undefined) return { trouble: `the header ${bad[0]} would hold more than plain ASCII on one line` };
  const key = secret === undefined ? undefined : signingKey(secret);
  if (key?.length === 0) return { trouble: `${secretEnv ?? ''} holds no base64 behind whsec_` };
  const secrets = ownSecrets({ url: where, headers: told.map(([, value]) => value), filled: [...used] });
  return { address: { url: where, headers: Object.fromEntries(told), key }, secrets };
}

/**
 * Returns what may be shown of where a webhook goes, as it is configured: scheme and host. The rest of an address often is
 * a secret by itself. Pure.
 */
export function shownUrl(url: string): string {
  const [, alone, path] = /^(\$\{\w+\})([/?#].*)?$/.exec(url) ?? [];
  if (alone !== undefined) return path === undefined ? alone : `${alone}/…`;
  const [, scheme, host, rest] = /^((?:[a-z][a-z\d+.-]*|\$\{\w+\}):\/\/)(?:[^/?#]*@)?([^/?#]*)(.*)$/is.exec(url) ?? [];
  if (scheme === undefined || host === undefined) return '…';
  return `${scheme}${host}${rest === '' || rest === '/' ? '' : '/…'}`;
}

/** Returns a text, such as a word of a command, with every address in it as it may be shown. Pure. */
export function withShownUrls(text: string): string {
  return text.replaceAll(/https?:\/\/[^\s'"`<>]+/gi, shownUrl);
}
