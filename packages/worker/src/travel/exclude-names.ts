import { tryGit } from '@ralph/protocol/process/git';
import { excludeLine } from './exclude-lines.ts';

/** Git compares each new file with every line: so many take it a moment. */
const MANY = 1000;

/**
 * Returns the text by which an exclude file ignores what was copied: each file by its name. Where there are very many,
 * those in a folder that is ignored as a whole at home are ignored with that folder, as they are there.
 */
export async function excludeText(home: string, paths: readonly string[]): Promise<string> {
  const folders = paths.length < MANY ? new Set<string>() : await ignoredFolders(home, paths);
  const lines = paths.map((path) => excludeLine(ancestors(path).find((folder) => folders.has(folder)) ?? path));
  return [...new Set(lines)].map((line) => `${line}\n`).join('');
}

async function ignoredFolders(home: string, paths: readonly string[]): Promise<ReadonlySet<string>> {
  const input = [...new Set(paths.flatMap(ancestors))].map((folder) => `${folder}\0`).join('');
  const { stdout } = await tryGit(['check-ignore', '-z', '--stdin'], { cwd: home, input });
  return new Set(stdout.split('\0'));
}

/** The folders that a path lies in, the outermost first. */
function ancestors(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}
