import { spawnSync } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chance } from '../../torture/chance.mjs';
import { BELOW } from '../../torture/faults/below.mjs';
import { fillDisk } from '../../torture/faults/full-disk.mjs';
import { remoteHits, setRemoteMood } from '../../torture/faults/remotes.mjs';
import { makeSite, temporaryFolder } from './site.mjs';
import { sshSite } from './ssh-site.mjs';

describe('each fault below the programs', () => {
  it.for(BELOW.filter(({ kind }) => kind !== 'remote'))(
    '$name does something to a program, and no more once it is healed',
    async (fault, context) => {
      const missing = fault.missing();
      if (missing !== undefined) context.skip(missing);
      const site = makeSite();
      const world = { ...site, workspaces: join(site.folder, '.workspaces') };
      const dice = chance(1);
      const armed = await fault.arm(world, () => dice() / 100);
      await armed.strike?.({});
      // Enough of every kind of call that a fault may be about, by a program of ours and by git.
      const deeds = `for i in 1 2 3 4 5 6 7 8; do echo x > "$0/$i"; git -C "$0" add "$i"; git -C "$0" -c core.fsync=all commit -q -m "$i"; git -C "$0" status; flock "$0/lock" true; done`;
      spawnSync('sh', ['-c', deeds, site.root], { env: { ...site.env, ...armed.env } });
      for (let turn = 0; turn < 2; turn += 1) await site.run('ralph-state', ['init'], { more: armed.env });
      await armed.disarm();
      const hits = armed.hits();
      expect(hits).toBeGreaterThan(0);
      expect(await site.run('ralph-state', ['init'], { more: armed.env })).toMatchObject({ status: 0 });
      expect(armed.hits()).toBe(hits);
    },
  );

  it('a small disk is filled to its last byte and freed again', (context) => {
    const disk = join(temporaryFolder(), 'disk');
    mkdirSync(disk);
    const script = `mount -t tmpfs -o size=256k none "$1" && exec "$2" --input-type=module -e "$3" "$1"`;
    const body = `const { fillDisk } = await import(${JSON.stringify(new URL('../../torture/faults/full-disk.mjs', import.meta.url).href)});
const { writeFileSync } = await import('node:fs');
const free = fillDisk(process.argv[1]);
let told = 'room';
try { writeFileSync(process.argv[1] + '/more', 'x'); } catch (error) { told = error.code; }
free();
writeFileSync(process.argv[1] + '/more', 'x');
process.stdout.write(told);`;
    const run = spawnSync('unshare', ['-rm', 'sh', '-c', script, 'sh', disk, process.execPath, body], {
      encoding: 'utf8',
    });
    if (/mount|unshare/.test(run.stderr ?? '') || run.error !== undefined)
      context.skip('this machine lets nobody mount a small disk');
    expect(run.stdout).toBe('ENOSPC');
    expect(statSync(disk).isDirectory()).toBe(true);
    expect(fillDisk).toBeTypeOf('function');
  });
});

describe('a remote that misbehaves', () => {
  const PASSING = [
    ['refuses', { mood: 'refuse', of: 'push', times: 2 }],
    ['dies in the middle of a pack', { mood: 'die', of: 'push', after: 40, times: 2 }],
    ['drops its answer to a push', { mood: 'drop', of: 'push', times: 1 }],
    ['is slow', { mood: 'slow', delayMs: 20, times: 2 }],
    ['stalls', { mood: 'stall', of: 'push', times: 1 }],
  ];

  it.for(PASSING)('%s: the work lands, once, and is told once', async ([, mood]) => {
    const site = sshSite();
    setRemoteMood(site.folder, mood);
    const end = await site.run('ralph-orchestrate', [
      'run',
      '--ci',
      'true',
      '--backoff',
      '1',
      '--push-timeout',
      '3',
      '--',
      site.agent,
    ]);
    expect(end).toMatchObject({ status: 0 });
    expect(end.stdout.match(/"type":"task\.completed"/g)).toHaveLength(1);
    expect(site.landed()).toBe(1);
    expect(remoteHits(site.folder)).toBeGreaterThan(0);
    expect(site.living()).toEqual([]);
  });

  it('never answers: the run ends by the limit that was set, and says so', async () => {
    const site = sshSite();
    setRemoteMood(site.folder, { mood: 'stall', of: 'push' });
    const args = [
      'run',
      '--ci',
      'true',
      '--backoff',
      '1',
      '--max-attempts',
      '2',
      '--push-timeout',
      '1',
      '--',
      site.agent,
    ];
    const end = await site.run('ralph-orchestrate', args);
    expect(end).toMatchObject({ status: 2 });
    expect(end.stdout).toContain('"type":"task.blocked"');
    expect(site.living()).toEqual([]);
    setRemoteMood(site.folder, undefined);
    await site.run('ralph-orchestrate', ['retry', 'RQ-1']);
    expect(await site.run('ralph-orchestrate', ['run', '--ci', 'true', '--', site.agent])).toMatchObject({ status: 0 });
    expect(site.landed()).toBe(1);
  });
});
