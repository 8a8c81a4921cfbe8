import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '@ralph/protocol/testing/temporary-folder';
import { accountOf, fileNameOf } from '../src/quota/account.ts';
import { QuotaBook } from '../src/quota/quota-book.ts';

const at = (ms: number) => new Date(ms).toISOString();
const entry = (until: number) => ({
  closed_at: at(1000),
  open_at: at(until),
  told: true,
  task_id: 'RQ-0001',
  reason: 'limit',
});

describe('QuotaBook', () => {
  it('tells others until when an account is closed, and nobody of another account', async () => {
    const root = temporaryFolder();
    await new QuotaBook(root, 'claude').close(entry(5000));
    expect(new QuotaBook(root, 'claude').closed(4999)).toMatchObject({ task_id: 'RQ-0001', open_at: at(5000) });
    expect(new QuotaBook(root, 'claude').closed(5000)).toBeUndefined();
    expect(new QuotaBook(root, 'codex').closed(0)).toBeUndefined();
  });

  it('says nothing where a pipe is in its place', () => {
    const book = new QuotaBook(temporaryFolder(), 'claude');
    mkdirSync(dirname(book.path), { recursive: true });
    execFileSync('mkfifo', [book.path]);
    expect(book.closed(0)).toBeUndefined();
  });

  it('keeps the later of two times, whoever comes first', async () => {
    const root = temporaryFolder();
    const [one, other] = [new QuotaBook(root, 'a'), new QuotaBook(root, 'a')];
    await one.close(entry(9000));
    await other.close(entry(5000));
    expect(one.closed(2000)?.open_at).toBe(at(9000));
    await Promise.all([one.close(entry(10_000)), one.close(entry(12_000)), one.close(entry(11_000))]);
    expect(other.closed(2000)?.open_at).toBe(at(12_000));
    expect(readdirSync(dirname(one.path))).toEqual(['a.json']);
    expect(JSON.parse(readFileSync(one.path, 'utf8'))).toMatchObject({ account: 'a', told: true });
  });

  it.each(['', '{', '[]', '{"account":"a","open_at":7}', '{"account":"b","open_at":"2999-01-01T00:00:00.000Z"}'])(
    'takes a file that says %j for none',
    (text) => {
      const book = new QuotaBook(temporaryFolder(), 'a');
      mkdirSync(dirname(book.path), { recursive: true });
      writeFileSync(book.path, text);
      expect(book.closed(0)).toBeUndefined();
    },
  );
});

describe('accountOf', () => {
  it.each([
    [['claude', '-p'], 'claude'],
    [['/opt/bin/codex', 'exec'], 'codex'],
    [['sh', '-c', 'gemini -y | tee log'], 'gemini'],
    [['sh', '-c', '"./my agent"'], 'my'],
    [['sh', '-c', '$AGENT'], 'agent'],
    [['..'], 'agent'],
  ])('names %j by its program: %s', (command, account) => {
    expect(accountOf(command)).toBe(account);
  });

  it('keeps the file of any account within its folder, each with its own', () => {
    const names = ['claude', '../../x', 'a/b', 'ä', '.', '~LmE', ''].map(fileNameOf);
    expect(new Set(names).size).toBe(names.length);
    expect(names.every((name) => /^[\w~][\w.@+~-]*\.json$/.test(name))).toBe(true);
  });
});
