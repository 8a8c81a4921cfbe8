import { isEnvName, SECRET_EXAMPLES } from '@ralph/protocol/contract/paths';

/** Tells whether an ignored file is one of a former run, or holds secrets by custom: no task hands such files to the next. */
export function isRunOrSecret(path: string): boolean {
  if (path === '.ralph/' || path.startsWith('.ralph/')) return true;
  const name = path.replace(/\/$/, '').split('/').at(-1) ?? '';
  return isEnvName(name) && !SECRET_EXAMPLES.some((example) => example === name);
}
