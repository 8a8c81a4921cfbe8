import { commandLine } from '@ralph/protocol/cli/shell-words';
import { loopBranch } from '@ralph/protocol/contract/loop-name';
import type { SecondLoop } from '@ralph/protocol/process/repository';

/** Returns what a person reads at the end of a second loop: where its work is, how it comes home, how the loop goes. */
export function homeWords({ name, main }: SecondLoop): string {
  const branch = loopBranch(name);
  const git = (...words: readonly string[]) => commandLine(['git', '-C', main, ...words]);
  return [
    `second loop ${name}: what has landed is on the branch ${branch} of origin`,
    `  bring it home: ${git('fetch', 'origin', branch)} && ${git('merge', 'FETCH_HEAD')}  # or open a pull request from it`,
    `  then: ${commandLine(['ralph-worker', 'worktree', 'remove', name, '--repo', main])}`,
    '',
  ].join('\n');
}
