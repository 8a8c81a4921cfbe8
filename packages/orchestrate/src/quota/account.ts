import { basename } from 'node:path';
import { scriptOf } from '../settings/handed-words.ts';

const SAFE = /^[A-Za-z\d][\w.@+-]{0,63}$/;

/**
 * Returns whose quota the agents of a command use, where nobody has said: the name of its program, since one that was
 * signed in is signed in for all.
 */
export function accountOf(command: readonly string[]): string {
  const [program = ''] = scriptOf(command).trim().split(/\s+/, 1);
  const name = basename(program.replaceAll(/['"]/g, ''));
  return SAFE.test(name) ? name : 'agent';
}

/** Returns the name of the file of an account: the account itself where that is a plain name. */
export function fileNameOf(account: string): string {
  return `${SAFE.test(account) ? account : `~${Buffer.from(account).toString('base64url')}`}.json`;
}
