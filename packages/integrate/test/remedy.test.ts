import { describe, expect, it } from 'vitest';
import { handoff } from '@ralph/protocol/contract/handoff';
import { FAILURE_CODES, type FailureCode } from '@ralph/protocol/contract/failure';
import { handoffText, PACKET_BYTES, statusOf, type HandoffParts } from '../src/remedy/handoff.ts';
import { hasMore } from '../src/remedy/markers.ts';
import { nextRemedy } from '../src/remedy/next-remedy.ts';
import { droppedFiles, hasSurvivor, placesOf, whyRefused, type Evidence } from '../src/remedy/proof.ts';
import { remedyArguments, resolverOf } from '../src/remedy/remedy-settings.ts';
import { resolverPrompt, type PromptFacts } from '../src/remedy/resolver-prompt.ts';

const PARTS: HandoffParts = {
  taskId: 'T-1',
  title: 'Do it',
  targetBranch: 'main',
  attempt: 1,
  maxAttempts: 4,
  files: [],
  gitStatus: '',
  summary: '',
  intent: '',
  code: 'ci_failed',
  reason: 'red',
  gate: undefined,
  now: new Date('2026-01-01T00:00:00Z'),
};

const gate = (output: string) => ({
  command: 'npm test',
  output,
  exitCode: 3,
  signal: null,
  timedOut: false,
  logPath: '/log',
});

describe('a handoff packet', () => {
  it.each([
    ['plain text', 'x'],
    ['quotes', '"'],
    ['control characters', '\u001b'],
    ['characters of four bytes', '🦀'],
    ['halves of characters', '\uD83E'],
  ])('is shorter than 100 KiB whatever is in it: %s', (_, character) => {
    const long = character.repeat(300_000);
    const text = handoffText({
      ...PARTS,
      title: long,
      targetBranch: long,
      files: Array.from({ length: 5000 }, (__, index) => `${character}${index}`),
      gitStatus: long,
      summary: long,
      intent: long,
      reason: long,
      gate: { ...gate(`${long}end`), command: long, logPath: long },
    });
    expect(Buffer.byteLength(text)).toBeLessThan(PACKET_BYTES);
    const packet = handoff.parse(JSON.parse(text));
    expect(packet.ci_context?.last_output.endsWith(`${character}end`)).toBe(true);
    expect(packet.conflict_files.length + Number(packet['conflict_files_more'])).toBe(5000);
  });

  it('has the last 64 KiB of the output of the gate', () => {
    const packet = handoff.parse(JSON.parse(handoffText({ ...PARTS, gate: gate('ab'.repeat(100_000)) })));
    expect(packet.ci_context?.last_output).toHaveLength(64 * 1024);
  });

  it.each([
    [{ exitCode: 3, signal: null, timedOut: false }, 3],
    [{ exitCode: null, signal: 'SIGKILL', timedOut: false }, 137],
    [{ exitCode: null, signal: 'SIGINT', timedOut: true }, 124],
  ])('tells the real status of the gate: %j', (end, status) => {
    expect(statusOf(end)).toBe(status);
  });
});

describe('what follows a failure', () => {
  const codes = Object.keys(FAILURE_CODES) as FailureCode[];
  const state = { hasResolver: true, used: 2, most: 3 };

  it('a resolver is woken for conflicts and red gates alone', () => {
    expect(codes.filter((code) => nextRemedy(code, state) === 'mend')).toEqual(['conflict', 'ci_failed', 'ci_timeout']);
  });

  it('without tries or a resolver it is written down', () => {
    expect(nextRemedy('conflict', { ...state, used: 3 })).toBe('hand_over');
    expect(nextRemedy('conflict', { ...state, hasResolver: false })).toBe('hand_over');
    expect(nextRemedy('push_race', state)).toBe('hand_over');
    expect(nextRemedy('push_denied', state)).toBe('pass_on');
  });
});

describe('the proof', () => {
  const GOOD: Evidence = {
    unmerged: [],
    marked: [],
    edited: [],
    isOnTarget: true,
    isEmpty: false,
    isUnchanged: false,
    dropped: [],
  };

  it.each<[string, Partial<Evidence>, string | undefined]>([
    ['nothing is wrong', {}, undefined],
    ['unmerged', { unmerged: ['a', 'b'] }, 'files are still in conflict: a, b'],
    ['markers', { marked: ['a'] }, 'conflict markers are left in a'],
    ['elsewhere', { isOnTarget: false }, 'the work does not stand on the target'],
    ['edits', { edited: ['1', '2', '3', '4', '5', '6'] }, 'edits are in no commit: 1, 2, 3, 4, 5 and 1 more'],
    ['empty', { isEmpty: true }, 'nothing is left of the change of the task'],
    ['the same', { isUnchanged: true }, 'nothing was changed'],
    ['dropped', { dropped: ['a'] }, 'the change of the task is gone from a'],
  ])('%s', (_, found, why) => {
    expect(whyRefused({ ...GOOD, ...found })).toBe(why);
  });

  const changes = (task: string[], fromTarget: string[], result: string[], renames: [string, string][] = []) => ({
    byTask: new Set(task),
    taskFromTarget: new Set(fromTarget),
    resultFromTarget: new Set(result),
    renames,
  });

  it('misses each file of the task that is as on the target, unless the target has the very same', () => {
    expect(droppedFiles(changes(['a', 'b', 'c'], ['a', 'b'], ['a']))).toEqual(['b']);
  });

  it('finds the change where either side has moved the file', () => {
    expect(droppedFiles(changes(['a'], ['a'], ['moved/a'], [['a', 'moved/a']]))).toEqual([]);
    const both: [string, string][] = [
      ['a', 'mine'],
      ['a', 'theirs'],
    ];
    expect(droppedFiles(changes(['a', 'mine'], ['mine'], ['theirs'], both))).toEqual([]);
    expect(placesOf('mine', both)).toEqual(['mine', 'a', 'theirs']);
  });

  it('wants one line of the task that says anything and is its own', () => {
    const target = new Set(['}', 'theirs']);
    expect(hasSurvivor(['', '}', '  mine'], target, new Set(['mine', '}']))).toBe(true);
    expect(hasSurvivor(['', '}', '  mine'], target, new Set(['theirs', '}']))).toBe(false);
    expect(hasSurvivor(['', '}'], target, new Set())).toBe(true);
  });

  it('a file about conflicts may have as many markers as before', () => {
    expect([hasMore(2, 2, 1), hasMore(3, 2, undefined), hasMore(undefined, 1), hasMore(1)]).toEqual([
      false,
      true,
      false,
      true,
    ]);
  });
});

describe('settings of remedies', () => {
  const settings = { resolver: undefined, isOff: false, attempts: 3, timeoutMs: 1_800_000 };
  const candidate = { taskId: 'T-1', attempt: 1, workspacePath: '/w', title: undefined };

  const plain = { command: ['agent', '-p'], prompt: 'stdin', resume: undefined } as const;
  const named = { command: ['pi', '@{prompt_file}'], prompt: 'file', resume: ['pi', '--session', 's'] } as const;

  it("the resolver is what was given, or the task's own agent, or none", () => {
    const given = { words: ['sh', '-c', 'fix'], prompt: 'stdin' };
    expect(resolverOf({ ...settings, resolver: 'fix' }, { ...candidate, agent: plain }, 1)).toEqual(given);
    expect(resolverOf(settings, { ...candidate, agent: plain }, 1)).toEqual({ words: plain.command, prompt: 'stdin' });
    expect(resolverOf(settings, candidate, 1)).toBeUndefined();
    expect(resolverOf({ ...settings, isOff: true }, { ...candidate, agent: plain }, 1)).toBeUndefined();
  });

  it('an agent goes on with its session once, and is called afresh then', () => {
    const agent = { ...candidate, agent: named };
    expect(resolverOf(settings, agent, 1)).toEqual({ words: named.resume, prompt: 'file' });
    expect(resolverOf(settings, agent, 2)).toEqual({ words: named.command, prompt: 'file' });
  });

  it('are said again only where they are not the usual ones', () => {
    expect(remedyArguments(settings)).toEqual([]);
    expect(remedyArguments({ ...settings, isOff: true })).toEqual(['--no-resolver']);
    expect(remedyArguments({ ...settings, resolver: 'fix it', attempts: 1, timeoutMs: 500 })).toEqual([
      '--resolver',
      'fix it',
      '--resolver-attempts',
      '1',
      '--resolver-timeout',
      '0.5',
    ]);
  });
});

describe('the prompt of a resolver', () => {
  const facts: PromptFacts = {
    taskId: 'T-1',
    title: 'Do\u001b[31m it',
    remedy: 2,
    maxRemedies: 3,
    target: 'origin/main',
    trouble: { kind: 'conflict', way: 'rebase', files: ['a b', 'c\u0000d'] },
    before: 'a marker was left',
    handoffPath: '/packet',
    intent: 'the task\n',
  };

  it('says what is to be done, without control characters', () => {
    const text = resolverPrompt(facts);
    for (const words of ['try 2 of 3', 'Do [31m it', '- a b', '- c d', 'a marker was left', '/packet', 'Do not push'])
      expect(text).toContain(words);
  });

  it('is bounded', () => {
    const long = 'x'.repeat(1_000_000);
    const trouble = { kind: 'gate', command: long, how: 'failed', output: long, logPath: '/log' } as const;
    expect(resolverPrompt({ ...facts, title: long, before: long, intent: long, trouble }).length).toBeLessThan(65_536);
    const files = Array.from({ length: 1000 }, (_, index) => `f${index}`);
    expect(resolverPrompt({ ...facts, trouble: { kind: 'conflict', way: 'merge', files } })).toContain('and 800 more');
  });
});
