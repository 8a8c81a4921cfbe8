/** Values that say how a program runs; they stand in every log. */
const PLAIN = new Set([
  'localhost',
  'undefined',
  'development',
  'production',
  'staging',
  'testing',
  'enabled',
  'disabled',
  'default',
  'verbose',
  'postgres',
]);
const SHORTEST = 6;
const SECRET_NAME = /pass|pwd|secret|token|key|auth|cred|private|cert|salt|dsn|signature|session/i;

/**
 * Returns the values of a `.env` file that are to be kept secret, in every form in which they are printed: as they are,
 * as in JSON and in an address, and a value of several lines by its lines.
 */
export function envSecrets(text: string): string[] {
  return envEntries(text).flatMap(([name, value]) => (isSecret(name, value) ? formsOf(value) : []));
}

/** Returns names and values of `KEY=VALUE` lines, with or without `export` and quotes; quoted values may have lines. */
export function envEntries(text: string): [string, string][] {
  const entries: [string, string][] = [];
  const assignment = /^[ \t]*(?:export[ \t]+)?([\w.-]{1,200})[ \t]*[=:][ \t]*/gm;
  for (let found = assignment.exec(text); found !== null; found = assignment.exec(text)) {
    const [whole, name = ''] = found;
    const begin = found.index + whole.length;
    const { value, end } = valueAt(text, begin);
    entries.push([name, value]);
    assignment.lastIndex = Math.max(end, begin);
  }
  return entries;
}

function valueAt(text: string, begin: number): { value: string; end: number } {
  const quote = text[begin] ?? '';
  if (`"'\``.includes(quote) && quote !== '') {
    const close = closingQuote(text, begin);
    if (close !== -1) return { value: text.slice(begin + 1, close), end: close + 1 };
  }
  const newline = text.indexOf('\n', begin);
  const end = newline === -1 ? text.length : newline;
  return {
    value: text
      .slice(begin, end)
      .replace(/[ \t]#[^]*$/, '')
      .trim(),
    end,
  };
}

function closingQuote(text: string, begin: number): number {
  const quote = text[begin] ?? '';
  let close = text.indexOf(quote, begin + 1);
  while (quote === '"' && close !== -1 && text[close - 1] === '\\') close = text.indexOf(quote, close + 1);
  return close;
}

function isSecret(name: string, value: string): boolean {
  if (value.length < SHORTEST || PLAIN.has(value.toLowerCase()) || value.startsWith('${')) return false;
  if (SECRET_NAME.test(name)) return true;
  if (/^(?:[A-Za-z]+|[\d.,:]+|~?\.{0,2}\/[^\n]*)$/.test(value)) return false;
  return !/^[a-z][a-z0-9+.-]*:\/\/[^\s@?]*$/i.test(value);
}

function formsOf(value: string): string[] {
  const unescaped = value.replaceAll('\\n', '\n').replaceAll('\\"', '"');
  const forms = [
    value,
    unescaped,
    JSON.stringify(unescaped).slice(1, -1),
    addressForm(unescaped),
    ...passwordIn(value),
  ];
  const lines = unescaped.split('\n').map((line) => line.trim());
  return [...new Set([...forms, ...lines])].filter((form) => form.length >= SHORTEST && !form.includes('\n'));
}

function addressForm(value: string): string {
  try {
    return encodeURIComponent(value);
  } catch {
    return value;
  }
}

function passwordIn(value: string): string[] {
  const password = /^[a-z][a-z0-9+.-]{0,30}:\/\/[^\s/@:]*:([^\s/@]+)@/i.exec(value)?.[1];
  if (password === undefined) return [];
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    return [password];
  }
}
