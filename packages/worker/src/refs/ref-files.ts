import { lstatSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { commitInFile } from '@ralph/protocol/process/loose-ref';
import { namesIn } from '@ralph/protocol/process/names-in';
import { readTextIfPresent } from '@ralph/protocol/process/read-jsonc';

/** Of a larger file git itself finds its part faster. */
const PACKED_LIMIT_BYTES = 1 << 20;

export interface FoundRef {
  readonly ref: string;
  readonly commit: string;
}

/**
 * Returns refs of the user's repository, read from the files in which git keeps them; nothing where they do not say it
 * plainly, and then git is to be asked. Whether there are such commits is not looked at.
 *
 * @param names refs, or folders of refs, which end with a slash and hold no other folder
 */
export function refsInFiles(gitDir: string, names: readonly string[]): FoundRef[] | undefined {
  try {
    if (lstatSync(join(gitDir, 'reftable'), { throwIfNoEntry: false }) !== undefined) return undefined;
    // Packed ones later: git takes the file of a ref away when it stands in the packed ones.
    const loose = names.flatMap((name) => looseAt(gitDir, name));
    const seen = new Set(loose.map(({ ref }) => ref));
    const packed = packedAmong(gitDir, names).filter(({ ref }) => !seen.has(ref));
    return [...packed, ...loose].toSorted((a, b) => (a.ref < b.ref ? -1 : 1));
  } catch {
    return undefined;
  }
}

function looseAt(gitDir: string, name: string): FoundRef[] {
  const refs = name.endsWith('/') ? namesIn(join(gitDir, name)).map((one) => `${name}${one}`) : [name];
  return refs.flatMap((ref) => {
    if (ref.endsWith('.lock') || lstatSync(join(gitDir, ref), { throwIfNoEntry: false }) === undefined) return [];
    const commit = commitInFile(gitDir, ref);
    if (commit === undefined) throw new Error(`${ref} does not name a commit`);
    return [{ ref, commit }];
  });
}

function packedAmong(gitDir: string, names: readonly string[]): FoundRef[] {
  const path = join(gitDir, 'packed-refs');
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > PACKED_LIMIT_BYTES) throw new Error(`${path} is large`);
  const text = size === 0 ? '' : (readTextIfPresent(path) ?? '');
  return names.flatMap((name) => linesOf(text, name));
}

/** A line is an id, a space and a ref. */
function linesOf(text: string, name: string): FoundRef[] {
  const found: FoundRef[] = [];
  for (let at = text.indexOf(` ${name}`); at !== -1; at = text.indexOf(` ${name}`, at + 1)) {
    const line = text.slice(text.lastIndexOf('\n', at) + 1, text.indexOf('\n', at));
    const [commit = '', ref = ''] = line.split(' ');
    if (ref === name || (name.endsWith('/') && ref.startsWith(name))) found.push({ ref, commit });
  }
  return found;
}
