import { temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';

/** Returns a repository of so many files that a removed workspace is kept for reuse. */
export function largeRepository(more: Readonly<Record<string, string>> = {}): TestRepository {
  const files: Record<string, string> = { '.gitignore': 'junk/\nnode_modules/\n*.log\n' };
  for (let index = 0; index < 2500; index += 1) files[`src/d${index % 50}/f${index}.txt`] = `file ${index}\n`;
  return temporaryRepository({ ...files, ...more });
}
