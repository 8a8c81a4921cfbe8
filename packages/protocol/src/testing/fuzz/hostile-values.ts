import fc from 'fast-check';

/** Texts that mean something to a parser, a terminal, a shell, git or a file system. */
export const HOSTILE_TEXTS: readonly string[] = [
  '',
  ' ',
  '\0',
  '\uFEFF',
  '\ud83d',
  'x\udc00y',
  '\u2028\u2029',
  '\u001b[2J\u001b]0;x\u0007',
  '\u202Egnp.exe',
  '\r\n',
  '../../../etc/passwd',
  '/dev/null',
  '--upload-pack=touch x',
  '-',
  '--',
  '__proto__',
  'constructor',
  'toString',
  'RQ-0001',
  'rq-0001.lock',
  'a..b',
  'CON',
  '$(touch x)',
  '`touch x`',
  '%00%ff',
  '2026-01-01T00:00:00Z',
  '2026-02-30T99:99:99Z',
  '+275760-09-13T00:00:00.001Z',
  '-000001-01-01T00:00:00Z',
  '0x10',
  '1e999',
  'NaN',
  'https://user:pa%ss@h.example:99999/\u0000?x=[',
  'refs/heads/main',
  'a'.repeat(5000),
  ' \t'.repeat(2000),
  '(a+)+$'.repeat(50),
  '**/'.repeat(40),
  '😀'.repeat(300),
];

const HOSTILE_THINGS: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -0,
  -1,
  1.5,
  1e308,
  -1e-308,
  2 ** 53,
  Number.MAX_SAFE_INTEGER,
  [],
  {},
  [[[]]],
  [null],
  { length: -1 },
  nested(150),
  nested(250),
  Array.from({ length: 3000 }, () => 1),
  Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`k${n}`, n])),
];

/** A value of JSON that a field may be given in the place of its own. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(...HOSTILE_TEXTS, ...HOSTILE_THINGS),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.integer(),
  fc.double(),
  fc.jsonValue({ maxDepth: 3 }),
);

/** A word that stands for anything in an argument list or an environment. */
export const hostileWord: fc.Arbitrary<string> = fc
  .oneof(fc.constantFrom(...HOSTILE_TEXTS), fc.string({ unit: 'binary', maxLength: 30 }), fc.integer().map(String))
  .map((text) => text.replaceAll('\0', '').toWellFormed());

type How = 'replace' | 'drop' | 'list' | 'rename' | 'add' | 'move';

const change = fc.record({
  at: fc.nat(),
  how: fc.constantFrom<How>('replace', 'replace', 'drop', 'list', 'rename', 'add', 'move'),
  name: fc.constantFrom('id', 'type', 'task_id', '__proto__', 'constructor', 'x', '', 'toString'),
  value: hostileValue,
});

type Change = typeof change extends fc.Arbitrary<infer C> ? C : never;

/** A record or a document of ours with some of its parts changed: values, names, what is there at all. */
export function changedValue(samples: readonly unknown[]): fc.Arbitrary<unknown> {
  const changes = fc.array(change, { maxLength: 4 });
  return fc.tuple(fc.constantFrom(...samples), changes).map(([sample, all]) => all.reduce(changed, sample));
}

function changed(value: unknown, one: Change): unknown {
  const root: Holder = { value: structuredClone(value) };
  const places = placesIn(root);
  const [holder, key] = places[one.at % places.length] ?? [root, 'value'];
  const held = holder[key];
  const set = (name: string, to: unknown) =>
    Object.defineProperty(holder, name, { value: to, enumerable: true, configurable: true, writable: true });
  switch (one.how) {
    case 'replace':
      holder[key] = one.value;
      break;
    case 'drop':
      if (holder !== root) delete holder[key];
      break;
    case 'list':
      holder[key] = [held, held];
      break;
    case 'rename':
      if (holder !== root) delete holder[key];
      if (holder !== root) set(one.name, held);
      break;
    case 'add':
      if (!Array.isArray(holder) && holder !== root) set(one.name, one.value);
      break;
    case 'move':
      root['value'] = held;
  }
  return root['value'];
}

type Holder = Record<string, unknown>;

function placesIn(root: Holder): (readonly [Holder, string])[] {
  const places: (readonly [Holder, string])[] = [];
  const open = [root];
  for (let holder = open.pop(); holder !== undefined && places.length < 500; holder = open.pop()) {
    for (const key of Object.keys(holder)) {
      places.push([holder, key]);
      const held = holder[key];
      if (typeof held === 'object' && held !== null) open.push(held as Holder);
    }
  }
  return places;
}

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let n = 0; n < depth; n += 1) value = n % 2 === 0 ? [value] : { a: value };
  return value;
}
