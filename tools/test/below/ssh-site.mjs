// A repository whose origin is reached by what stands for ssh.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeSite } from './site.mjs';

const STAND_IN = fileURLToPath(new URL('../../torture/world/ssh-stand-in.mjs', import.meta.url));

/** Makes such a repository; see setRemoteMood for how the remote behaves. */
export function sshSite() {
  const site = makeSite({ url: (origin) => `ssh://origin.invalid${origin}` });
  const ssh = join(site.folder, 'bin', 'ssh-stand-in');
  writeFileSync(ssh, `#!/bin/sh\nexec '${process.execPath}' '${STAND_IN}' "$@"\n`, { mode: 0o755 });
  const more = { GIT_SSH: ssh, GIT_SSH_VARIANT: 'simple' };
  return {
    ...site,
    run: (name, args, options) => site.run(name, args, { ...options, more: { ...options?.more, ...more } }),
  };
}
