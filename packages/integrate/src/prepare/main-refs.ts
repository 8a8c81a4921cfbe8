import { git } from '@ralph/protocol/process/git';

/** A ref of the main repository. */
export interface MainRef {
  readonly name: string;
  readonly commit: string;
}

/** Reads all refs of the main repository at once: what is parked, what has landed, what others stand on. */
export async function mainRefs(root: string): Promise<readonly MainRef[]> {
  const listed = await git(['for-each-ref', '--format=%(objectname) %(refname)'], { cwd: root });
  return listed.split('\n').flatMap((line) => {
    const [commit = '', name = ''] = line.split(' ');
    return name === '' ? [] : [{ name, commit }];
  });
}
