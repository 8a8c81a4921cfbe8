import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readEnd } from '../../src/process/sandbox-end.ts';
import { layoutOf, type Place } from '../../src/process/sandbox-layout.ts';
import { HIDDEN_AT_HOME, HIDDEN_OF_MACHINE } from '../../src/process/sandbox-places.ts';

const PRIVATE: Place = { kind: 'private', path: '/tmp' };

/** Returns what is said of each path, without the sizes. */
const said = (...places: readonly Place[]) =>
  layoutOf(places, 1000).words.join(' ').replaceAll('--perms 1777 --size 1000 ', '');

describe('a layout', () => {
  it('puts what is nearer to a path behind what stands above it, in whatever order it was given', () => {
    const places: Place[] = [
      { kind: 'write', path: '/tmp/spaces/T-1' },
      { kind: 'hidden', path: '/tmp/spaces' },
      { kind: 'read', path: '/tmp/repo' },
      { kind: 'hidden', path: '/tmp/repo/.ralph' },
      { kind: 'read', path: '/tmp' },
    ];
    const words = said(...places);
    expect(words).toBe(said(...places.toReversed()));
    expect(words.indexOf('/tmp/spaces ')).toBeLessThan(words.indexOf('/tmp/spaces/T-1'));
    expect(words.indexOf('/tmp/repo ')).toBeLessThan(words.indexOf('/tmp/repo/.ralph'));
  });

  it('goes by what the user named where two name the same path', () => {
    const read: Place = { kind: 'read', path: '/h/.aws', source: '/h/.aws' };
    expect(said(read, { kind: 'hidden', path: '/h/.aws' })).toBe('--ro-bind /h/.aws /h/.aws');
    expect(said({ kind: 'write', path: '/h/.aws' }, read)).toBe('--bind /h/.aws /h/.aws');
  });

  it('closes a hidden folder when all that stands in it is there', () => {
    expect(said({ kind: 'write', path: '/h/x/y' }, { kind: 'hidden', path: '/h/x' })).toBe(
      '--tmpfs /h/x --bind /h/x/y /h/x/y --remount-ro /h/x',
    );
  });

  it('makes nothing in a folder that is empty already, and gives each empty file a descriptor', () => {
    const files: Place[] = ['/h/.netrc', '/h/.npmrc', '/tmp/h/.netrc'].map((path) => ({ kind: 'emptied', path }));
    const layout = layoutOf([PRIVATE, { kind: 'hidden', path: '/tmp/h/.ssh' }, ...files], 1000);
    expect(layout.empties).toBe(2);
    expect(layout.words.slice(-6)).toEqual(['--ro-bind-data', '5', '/h/.netrc', '--ro-bind-data', '6', '/h/.npmrc']);
    expect(layout.words.join(' ')).not.toContain('/tmp/h');
  });
});

describe('an end in a sandbox', () => {
  const of = (code: number) => ({ code, signal: null });

  it('is that of the command, told as without one', () => {
    expect(readEnd('{ "child-pid": 7 }\n{ "exit-code": 3 }\n', of(3))).toEqual({ code: 3, signal: null });
    expect(readEnd('{ "exit-code": 139 }', of(139))).toEqual({ code: null, signal: 'SIGSEGV' });
    expect(readEnd('{ "exit-code": 255 }', of(255))).toEqual({ code: 255, signal: null });
  });

  it('is none where nothing was run, and that of the sandbox where that was ended', () => {
    expect(readEnd('{ "child-pid": 7 }', of(1)).failure?.code).toBe('sandbox_unavailable');
    expect(readEnd('', { code: null, signal: 'SIGKILL' })).toEqual({ code: null, signal: 'SIGKILL' });
  });
});

it('tells in the docs all that it hides, and why', () => {
  const page = readFileSync(fileURLToPath(new URL('../../../../docs/sandbox.md', import.meta.url)), 'utf8');
  const places = [
    ...HIDDEN_AT_HOME.map(({ why, names }) => ({ why, names: names.map((name) => `~/${name}`) })),
    ...HIDDEN_OF_MACHINE,
  ];
  const untold = places.flatMap(({ why, names }) => [why, ...names.map((name) => `\`${name}\``)]);
  expect(untold.filter((words) => !page.includes(words))).toEqual([]);
});
