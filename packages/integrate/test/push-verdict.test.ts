import { describe, expect, it } from 'vitest';
import { withoutCredentials } from '@ralph/protocol/cli/credentials';
import { pushVerdict, refusalWords } from '../src/push/push-verdict.ts';
import { PUSH_ENDINGS, type PushEnding } from './push-endings.ts';

function resultOf({ exitCode, ref, stderr = '' }: PushEnding) {
  const line = ref === undefined ? '' : `${ref[0]}\tHEAD:refs/heads/main\t${ref[1]}\n`;
  return { exitCode, stderr, stdout: `To https://git.example.org/app.git\n${line}Done\n` };
}

describe('pushVerdict', () => {
  it.each(PUSH_ENDINGS.map((ending) => [ending.verdict, ending.name, ending] as const))(
    '%s: %s',
    (verdict, _, ending) => {
      expect(pushVerdict(resultOf(ending))).toBe(verdict);
    },
  );

  it('judges by the ref that failed first, not by those that failed with it', () => {
    const stdout = [
      '!\tHEAD:refs/heads/b\t[rejected] (atomic push failed)',
      '!\tHEAD:refs/heads/a\t[rejected] (non-fast-forward)',
    ].join('\n');
    expect(pushVerdict({ exitCode: 1, stdout, stderr: '' })).toBe('race');
  });

  it('does not take the branch that stands on our own commit for a rival', () => {
    const own = 'ab'.repeat(20);
    const stdout = '!\tx:refs/heads/main\t[remote rejected] (failed to update ref)\n';
    const stderr = `remote: error: cannot lock ref 'refs/heads/main': is at ${own} but expected ${'0'.repeat(40)}\n`;
    expect(pushVerdict({ exitCode: 1, stdout, stderr }, own)).toBe('unknown');
    expect(pushVerdict({ exitCode: 1, stdout, stderr }, 'cd'.repeat(20))).toBe('race');
  });

  it('knows an ending of every kind', () => {
    const kinds = new Set(PUSH_ENDINGS.map((ending) => ending.verdict));
    expect([...kinds].toSorted()).toEqual(['auth', 'local', 'lock_left', 'network', 'ok', 'policy', 'race', 'unknown']);
  });
});

describe('refusalWords', () => {
  it('are the reason of the ref and what the server sent', () => {
    const stdout = 'To x\n!\tHEAD:refs/heads/main\t[remote rejected] (hook declined)\nDone\n';
    const stderr = 'remote: not on Fridays        \nremote: \nerror: failed to push some refs\nhint: nothing\n';
    expect(refusalWords({ exitCode: 1, stdout, stderr })).toBe('[remote rejected] (hook declined); not on Fridays');
  });

  it('are the words of a local hook when the server said nothing', () => {
    expect(
      refusalWords({ exitCode: 1, stdout: 'lint is red\n', stderr: "error: failed to push some refs to 'x'\n" }),
    ).toContain('lint is red');
  });

  it('say so when git said nothing', () => {
    expect(refusalWords({ exitCode: null, stdout: '', stderr: '' })).toBe('git push was cut off');
  });

  it('hold no password', () => {
    const text = withoutCredentials("fatal: 'https://me:token@h.example/a.git' and ssh://git@h/b, mail a@b.example");
    expect(text).toBe("fatal: 'https://h.example/a.git' and ssh://h/b, mail a@b.example");
  });
});
