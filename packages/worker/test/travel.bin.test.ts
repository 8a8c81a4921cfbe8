import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorRecord, runProgram } from '@ralph/protocol/testing/run-built-program';
import { runGit, temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { addable, ignoring, prepared, worker } from './travel-workspace.ts';

describe('what travels into a workspace', () => {
  it('M54 takes ignored .env files along, from any folder but those of tools and of the run', async () => {
    const repo = ignoring('.env', '.env.*', 'target/', 'mytarget/', 'node_modules/', '.ralph/');
    const home = ['.env', 'a/.env.local', 'mytarget/.env', '.env.d/x', 'a/.env/x', '.envrc'];
    const closed = ['node_modules/.env', 'a/node_modules/b/.env', 'target/.env', '.ralph/logs/x', '.ralph/cache/.env'];
    for (const name of [...home, ...closed]) repo.write(name, name);
    const { status, text, path } = await prepared(repo);
    expect(status).toBe(0);
    expect(home.map((name) => text(name))).toEqual([
      '.env',
      'a/.env.local',
      'mytarget/.env',
      ...Array(3).fill(undefined),
    ]);
    expect(closed.filter((name) => text(name) !== undefined)).toEqual([]);
    expect(addable(path)).toBe('');
  });

  it('keeps out of commits what travelled, however it was ignored at home', async () => {
    const repo = temporaryRepository();
    const names = ['a b ', '#x', '!x', '*.json', 'ünï', 'new\nline', String.raw`back\slash`];
    writeFileSync(join(repo.root, '.git/info/exclude'), 'local/\n.env.*\n');
    for (const name of names) repo.write(`local/${name}`, name);
    repo.write('.env.example', 'kept to myself');
    const { text, path } = await prepared(repo, '--copy', 'local/*');
    expect(names.map((name) => text(`local/${name}`))).toEqual(names);
    expect(text('.env.example')).toBe('kept to myself');
    writeFileSync(join(path, '.git/info/exclude'), text('.git/info/exclude')?.replace('local/\n', '') ?? '');
    writeFileSync(join(path, 'local/x.json'), 'by the agent');
    expect(addable(path)).toBe('local/x.json');
  });

  it('M55 takes ignored files along that match --copy', async () => {
    const repo = ignoring('config/', '*.pem');
    for (const name of ['config/a.json', 'config/x/a.json', 'config/a.txt', 'deep/in/it.pem']) repo.write(name, name);
    const { text } = await prepared(repo, '--copy', './config/*.json', '--copy', '**/*.{pem,key}');
    expect(['config/a.json', 'deep/in/it.pem'].map((name) => text(name))).toEqual(['config/a.json', 'deep/in/it.pem']);
    expect(['config/x/a.json', 'config/a.txt'].filter((name) => text(name) !== undefined)).toEqual([]);
  });

  it('M55 warns of a --copy that matches nothing, and goes on', async () => {
    const repo = ignoring('*.key');
    repo.write('a.key', 'a');
    const { status, stderr, text } = await prepared(
      repo,
      '--copy',
      'none/*',
      '--copy',
      'a.key',
      '--copy',
      '.gitignore',
    );
    expect(status).toBe(0);
    expect(stderr).toContain('warning: --copy[0] "none/*" matches no ignored file');
    expect(stderr).toContain('warning: --copy[2] ".gitignore" matches no ignored file');
    expect(text('a.key')).toBe('a');
  });

  it.each(['preflight', 'prepare RQ-0001', 'run'])('M55 %s refuses a bad --copy by its index', async (words) => {
    const repo = temporaryRepository();
    const command = words === 'run' ? ['--', 'sh'] : [];
    const { status, stderr } = await worker(
      repo,
      ...words.split(' '),
      '--copy',
      'ok',
      '--copy',
      'target/x',
      ...command,
    );
    expect(status).toBe(78);
    expect(errorRecord(stderr)).toMatchObject({ code: 'config_invalid' });
    expect(errorRecord(stderr)['message']).toMatch(/^--copy\[1\]: the pattern "target\/x" lies in target\//);
  });

  it('refuses a --copy that also matches what never travels, and names it', async () => {
    const repo = ignoring('node_modules/', '*.json');
    for (const name of ['a.json', 'node_modules/b/c.json']) repo.write(name, '');
    const { status, stderr } = await worker(repo, 'preflight', '--copy', '**/*.json');
    expect(status).toBe(78);
    expect(errorRecord(stderr)).toMatchObject({ code: 'travel_refused', details: { path: 'node_modules/b/c.json' } });
    expect(stderr).toContain('--copy[0]');
  });

  it('takes along what .worktreeinclude names, as an ignore file would', async () => {
    const repo = ignoring('*.local', 'data/', 'node_modules/');
    repo.write('.worktreeinclude', '# comment\n*.local\n!no.local\n/data/\nnode_modules/kept/\nnew.txt\nREADME.md\n');
    const names = ['a.local', 'x/b.local', 'data/deep/er', 'node_modules/kept/x.js', 'new.txt'];
    const others = ['no.local', 'sub/data/x', 'node_modules/other/x.js', 'other.txt'];
    for (const name of [...names, ...others]) repo.write(name, name);
    runGit(repo.root, ['init', '-q', 'data/own']);
    const { stderr, text, path } = await prepared(repo);
    expect(names.map((name) => text(name))).toEqual(names);
    expect(others.filter((name) => text(name) !== undefined)).toEqual([]);
    expect(stderr).toContain('.worktreeinclude names data/own/, a repository of its own: it stays behind');
    expect(addable(path)).toBe('');
  });

  it('takes prompts and configuration along that are not tracked, and no file of the run', async () => {
    const repo = temporaryRepository();
    const home = ['config.jsonc', 'prompts/worker.md', 'prompts/queue.jsonc'];
    const own = [
      'queue.jsonc',
      'done.jsonc',
      'trust.jsonc',
      'loop.lock',
      'cache/x',
      'logs/x',
      'lock/owner',
      'workspaces/x',
    ];
    for (const name of [...home, ...own]) repo.write(`.ralph/${name}`, name);
    const { text, path } = await prepared(repo);
    expect(home.map((name) => text(`.ralph/${name}`))).toEqual(home);
    expect(own.filter((name) => text(`.ralph/${name}`) !== undefined)).toEqual([]);
    expect(addable(path)).toBe('');
  });

  it('takes nothing from the folder of the workspaces', async () => {
    const repo = ignoring('ws/', '.env');
    repo.write('ws/.env', 'x');
    repo.write('ws/RQ-0009/.env', 'x');
    repo.write('.env', 'home');
    const root = join(repo.root, 'ws');
    expect((await worker(repo, 'prepare', 'RQ-0001', '--workspace-root', 'ws')).status).toBe(0);
    expect(readFileSync(join(root, 'RQ-0001/.env'), 'utf8')).toBe('home');
    expect(existsSync(join(root, 'RQ-0001/ws'))).toBe(false);
    const refused = await worker(repo, 'preflight', '--workspace-root', 'ws', '--copy', 'ws/**');
    expect(refused.status).toBe(78);
    expect(errorRecord(refused.stderr)['message']).toContain('lies in the folder of the workspaces');
    repo.write('.worktreeinclude', 'ws/\n');
    expect((await worker(repo, 'preflight', '--workspace-root', 'ws')).stderr).toBe('');
  });

  it('keeps modes, and leaves alone what the workspace has tracked', async () => {
    const repo = ignoring('tool', '.env');
    repo.write('tool', '#!/bin/sh\n');
    repo.write('.env', 'home');
    chmodSync(join(repo.root, 'tool'), 0o750);
    const other = temporaryRepository({ '.env': 'tracked' });
    repo.git('fetch', '-q', other.origin, 'main');
    repo.git('push', '-q', 'origin', 'FETCH_HEAD:refs/heads/other');
    const { text, path } = await prepared(repo, '--target-branch', 'other', '--copy', 'tool');
    expect(text('.env')).toBe('tracked');
    expect(statSync(join(path, 'tool')).mode & 0o777).toBe(0o750);
    expect(text('.git/info/exclude')).not.toContain('/.env\n');
  });

  it('finds what travels among more ignored files than a buffer of git’s output would hold', async () => {
    const repo = ignoring('node_modules/', 'cache/', '.env', 'zz.key');
    for (let folder = 0; folder < 20; folder += 1) {
      for (const name of ['node_modules', 'cache']) {
        mkdirSync(join(repo.root, name, String(folder)), { recursive: true });
        for (let file = 0; file < 200; file += 1)
          writeFileSync(join(repo.root, name, String(folder), `${'long'.repeat(20)}${file}`), '');
      }
    }
    for (const name of ['.env', 'zz/.env', 'zz.key']) repo.write(name, name);
    repo.write('.worktreeinclude', 'cache/\n');
    const { text, path } = await prepared(repo, '--copy', '**/*.key');
    expect(['.env', 'zz/.env', 'zz.key'].map((name) => text(name))).toEqual(['.env', 'zz/.env', 'zz.key']);
    expect(existsSync(join(path, 'node_modules'))).toBe(false);
    expect(runGit(path, ['ls-files', '-o', 'cache']).split('\n').length).toBe(4000);
    expect(addable(path)).toBe('');
    // Git compares every new file with every line.
    expect(
      text('.git/info/exclude')
        ?.split('\n')
        .filter((line) => line.startsWith('/cache')),
    ).toEqual(['/cache']);
    expect(text('.git/info/exclude')).toContain('\n/zz.key\n');
  });

  it('takes nothing from a bare repository', async () => {
    const repo = temporaryRepository();
    const bare = join(repo.folder, 'bare.git');
    runGit(repo.folder, ['clone', '-q', '--bare', repo.origin, bare]);
    writeFileSync(join(bare, '.env'), 'x');
    const { status } = await runProgram(
      'ralph-worker',
      ['prepare', 'RQ-0001', '--target-branch', 'main', '--copy', '*'],
      {
        cwd: bare,
      },
    );
    expect(status).toBe(0);
    expect(existsSync(join(repo.folder, '.workspaces/bare.git/parallel/RQ-0001/.env'))).toBe(false);
  });
});
