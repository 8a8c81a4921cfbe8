import { isAbsolute } from 'node:path';
import type { OptionValues } from '@ralph/protocol/cli/options';
import type { SANDBOX_OPTIONS } from '@ralph/protocol/cli/sandbox-options';
import { usageFailure } from '@ralph/protocol/cli/usage-failure';
import { Failure } from '@ralph/protocol/contract/failure';
import type { SETUP_OPTIONS } from '../options.ts';
import type { Site } from '../site/site.ts';
import { canClone } from './copy-files.ts';
import type { SetupPlan, ShareMethod } from './setup-plan.ts';
import { storeFolder } from './setup-store.ts';

type SetupArguments = Pick<
  OptionValues<typeof SETUP_OPTIONS & typeof SANDBOX_OPTIONS>,
  'setup' | 'setup-key' | 'setup-share' | 'setup-timeout' | 'sandbox'
>;

/**
 * Returns the set-up that the options ask for.
 *
 * @param timeoutMs the limit where the set-up has none of its own
 * @throws Failure `usage`; `workspace_unsupported` when the file system cannot clone files and that is asked for
 */
export function readSetupOptions(
  program: string,
  site: Site,
  args: SetupArguments,
  timeoutMs: number | undefined,
): SetupPlan | undefined {
  const { setup: command, 'setup-key': keyFiles, 'setup-share': share, 'setup-timeout': own } = args;
  if (command === undefined) {
    const idle = keyFiles.length > 0 ? '--setup-key' : own === undefined ? undefined : '--setup-timeout';
    if (idle !== undefined) throw usageFailure(program, `${idle} needs --setup`);
    return undefined;
  }
  const bad = keyFiles.find((file) => file === '' || isAbsolute(file) || file.split('/').includes('..'));
  if (bad !== undefined)
    throw usageFailure(program, `--setup-key ${JSON.stringify(bad)}: not a path below the root of the repository`);
  const isNamed = share !== 'auto' && share !== 'none';
  if (keyFiles.length === 0 && isNamed) throw usageFailure(program, `--setup-share ${share} needs --setup-key`);
  const boxed = args.sandbox !== 'none';
  // As the owner of a file, an agent makes it writable by whatever name it has.
  if (boxed && share === 'link')
    throw usageFailure(program, '--setup-share link: hard links lead out of a sandbox; leave it out, or say copy');
  return {
    command,
    keyFiles,
    boxed,
    share: keyFiles.length === 0 ? undefined : shareMethod(site, share, boxed),
    timeoutMs: own === undefined ? timeoutMs : own * 1000,
  };
}

function shareMethod(site: Site, chosen: SetupArguments['setup-share'], boxed: boolean): ShareMethod | undefined {
  switch (chosen) {
    case 'none':
      return undefined;
    case 'link':
    case 'copy':
      return chosen;
    case 'clone':
      if (canClone(storeFolder(site))) return 'clone';
      throw new Failure('workspace_unsupported', `the file system of ${site.root} cannot clone files`, {
        hint: 'leave --setup-share out, or choose another --workspace-root',
      });
    case 'auto':
      if (canClone(storeFolder(site))) return 'clone';
      // Root writes to read-only files, and so in what others have, too.
      return boxed || process.getuid?.() === 0 ? 'copy' : 'link';
  }
}
