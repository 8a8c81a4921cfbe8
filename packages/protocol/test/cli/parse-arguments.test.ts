import { describe, expect, it } from 'vitest';
import { findCommand } from '../../src/cli/find-command.ts';
import { parseArguments } from '../../src/cli/parse-arguments.ts';
import { isFailure } from '../../src/contract/failure.ts';
import { example } from './example-program.ts';

async function parse(...argv: readonly string[]) {
  const found = findCommand(example, argv);
  if (found.kind !== 'command') throw new Error(`found ${found.kind}`);
  return parseArguments(example, found.spec, found.rest);
}

async function refusal(...argv: readonly string[]): Promise<string> {
  const error: unknown = await parse(...argv).then(
    (parsed) => parsed,
    (thrown: unknown) => thrown,
  );
  if (!isFailure(error)) throw new Error(`was not refused: ${JSON.stringify(error)}`);
  return `${error.code} ${error.exit}: ${error.message}`;
}

describe('parseArguments', () => {
  it('reads values of every kind', async () => {
    const words =
      'work --timeout 15m --jobs=3 --wait --backoff 500,2000 --label 007 --exclude A --exclude=B,C --dry --format json';
    const { args } = await parse(...words.split(' '));
    expect(args).toMatchObject({
      timeout: 900,
      jobs: 3,
      wait: Number.POSITIVE_INFINITY,
      backoff: [500, 2000],
      label: '007',
      exclude: ['A', 'B,C'],
      dry: true,
      format: 'json',
    });
  });

  it('fills in what was not given', async () => {
    const { args, operands, command } = await parse('work');
    expect(args).toEqual({
      repo: undefined,
      format: undefined,
      quiet: false,
      verbose: false,
      timeout: 60,
      pause: undefined,
      jobs: undefined,
      retries: 0,
      wait: undefined,
      backoff: undefined,
      label: undefined,
      exclude: [],
      dry: false,
    });
    expect({ operands, command }).toEqual({ operands: [], command: [] });
  });

  it.each([
    ['90', 90],
    ['1.5', 1.5],
    ['90s', 90],
    ['2h', 7200],
    ['1d', 86400],
    ['0.5', 0.5],
  ])('takes %s as %d seconds', async (text, seconds) => {
    expect((await parse('work', '--timeout', text)).args['timeout']).toBe(seconds);
  });

  it.each([
    ['4096', 4096],
    ['512K', 524_288],
    ['1.5g', 1_610_612_736],
  ])('takes %s as %d bytes', async (text, bytes) => {
    expect((await parse('work', '--room', text)).args['room']).toBe(bytes);
  });

  it('takes a wait of 0 seconds: not to wait is a choice, a limit of nothing is none', async () => {
    expect((await parse('work', '--wait=0')).args['wait']).toBe(0);
  });

  it.each([
    ['0', 0],
    ['0.0s', 0],
    ['0.2', 0.2],
    ['2h', 7200],
  ])('takes a time of %s where nothing is a time too', async (text, time) => {
    expect((await parse('work', '--pause', text)).args['pause']).toBe(time);
  });

  it.each([
    [['--pause', '-1'], '--pause "-1": not a number of seconds (forms: 90, 1.5, 90s, 15m, 2h, 7d)'],
    [['--room', '5X'], '--room "5X": not a size (forms: 500000, 512K, 64M, 1.5G)'],
    [['--room', '0'], '--room "0": must be more than 0'],
    [['--timeout', 'abc'], '--timeout "abc": not a number of seconds (forms: 90, 1.5, 90s, 15m, 2h, 7d)'],
    [['--timeout', '-5'], '--timeout "-5": not a number of seconds (forms: 90, 1.5, 90s, 15m, 2h, 7d)'],
    [['--timeout=-5'], '--timeout "-5": not a number of seconds (forms: 90, 1.5, 90s, 15m, 2h, 7d)'],
    [['--timeout', '1e9'], '--timeout "1e9": not a number of seconds (forms: 90, 1.5, 90s, 15m, 2h, 7d)'],
    [['--timeout', '99999999'], '--timeout "99999999": longer than 115 days'],
    [['--timeout', '0'], '--timeout "0": must be more than 0'],
    [['--timeout', '0m'], '--timeout "0m": must be more than 0'],
    [['--timeout'], '--timeout needs a value'],
    [['--jobs', '0'], '--jobs "0": must be at least 1'],
    [['--jobs', '2.5'], '--jobs "2.5": not a whole number'],
    [['--jobs', '0x10'], '--jobs "0x10": not a whole number'],
    [['--wait=soon'], '--wait "soon": not a number of seconds (forms: 90, 1.5, 90s, 15m, 2h, 7d)'],
    [['--wait='], '--wait= needs a value; --wait alone sets no limit'],
    [['--backoff', '500,'], '--backoff "500,": not a list of milliseconds (form: 500,2000,5000)'],
    [['--format', 'xml'], '--format "xml": not one of ndjson, json, table'],
    [['--format', 'jsno'], '--format "jsno": not one of ndjson, json, table; did you mean json?'],
    [['--format', 'tab'], '--format "tab": not one of ndjson, json, table; did you mean table?'],
    [['--label='], '--label needs a value'],
    [['--repo'], '--repo needs a value'],
    [['--dry=no'], '--dry takes no value'],
  ])('refuses the value in %j', async (argv, message) => {
    expect(await refusal('work', ...argv)).toBe(`usage 64: ${message}`);
  });

  it.each([
    [['--jobs', '1', '--jobs', '2'], '--jobs was given more than once'],
    [['--label=a', '--label=a'], '--label was given more than once'],
    [['--dry', '--dry'], '--dry was given more than once'],
  ])('refuses a single option that is given again: %j', async (argv, message) => {
    expect(await refusal('work', ...argv)).toBe(`usage 64: ${message}`);
  });

  it.each([
    [['--timout', '5'], 'unknown option --timout; did you mean --timeout?'],
    [['--job', '5'], 'unknown option --job; did you mean --jobs?'],
    [['--something'], 'unknown option --something'],
    [['-j', '5'], 'unknown option -j'],
    [['--no-dry'], 'unknown option --no-dry'],
    [['--no-label'], 'unknown option --no-label; did you mean --label?'],
    [['--get-yargs-completions'], 'unknown option --get-yargs-completions'],
    [['--constructor'], 'unknown option --constructor'],
  ])('refuses the unknown option in %j and names the nearest', async (argv, message) => {
    expect(await refusal('work', ...argv)).toBe(`usage 64: ${message}`);
  });

  it('names the command that has an option which this one has not', async () => {
    expect(await refusal('task', 'list', '--jobs', '3')).toBe('usage 64: unknown option --jobs; it belongs to work');
  });

  it('refuses a missing and a surplus operand', async () => {
    expect(await refusal('task', 'get')).toBe('usage 64: task get needs ID');
    expect(await refusal('task', 'get', 'A', 'B', 'C')).toBe('usage 64: unexpected "C"');
    expect(await refusal('task', 'list', 'A')).toBe('usage 64: unexpected "A"');
  });

  it('keeps operands as they were typed', async () => {
    expect((await parse('task', 'get', '007', '1e3')).operands).toEqual(['007', '1e3']);
  });

  it('passes everything after -- on as the command, options and a second -- included', async () => {
    const command = ['make', '--jobs', 'x', '--help', '--', '-5', ''];
    const parsed = await parse('work', '--jobs', '2', '--', ...command);
    expect(parsed.command).toEqual(command);
    expect(parsed.args['jobs']).toBe(2);
  });

  it('refuses a command that is missing or not wanted', async () => {
    expect(await refusal('must')).toBe('usage 64: must needs a command after --');
    expect(await refusal('must', '--')).toBe('usage 64: must needs a command after --');
    expect(await refusal('task', 'list', '--', 'ls')).toBe('usage 64: task list takes no command after --');
    expect(await refusal('work', '--')).toBe('usage 64: no command stands after --');
    expect((await parse('work')).command).toEqual([]);
  });

  it('takes common options before the words of the command', async () => {
    const { args } = await parse('--repo', '/tmp/x', '--quiet', 'work', '--jobs', '2');
    expect(args).toMatchObject({ repo: '/tmp/x', quiet: true, jobs: 2 });
  });
});
