// On what the figures were measured.
import { execFileSync } from 'node:child_process';
import { statfsSync } from 'node:fs';
import { arch, availableParallelism, cpus, platform, release, tmpdir, totalmem } from 'node:os';

const FILE_SYSTEMS = new Map([
  [0xef53, 'ext4'],
  [0x01021994, 'tmpfs'],
  [0x58465342, 'xfs'],
  [0x9123683e, 'btrfs'],
  [0x794c7630, 'overlay'],
]);

/** Returns the machine in words, without its name: nobody needs that to judge the figures. */
export function machine() {
  const type = statfsSync(tmpdir()).type;
  return {
    processor: `${availableParallelism()} x ${cpus()[0]?.model.trim() ?? arch()}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: `${platform()} ${release().replace(/[^0-9.].*/, '')}, ${FILE_SYSTEMS.get(type) ?? `file system 0x${type.toString(16)}`}`,
    node: process.version,
    git: execFileSync('git', ['--version'], { encoding: 'utf8' }).replace('git version ', '').trim(),
  };
}
