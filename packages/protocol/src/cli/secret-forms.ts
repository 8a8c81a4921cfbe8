/** A secret that lies within a text. */
export interface SecretRange {
  /** Where that begins by which it was known: the name before a value. */
  readonly from: number;
  readonly start: number;
  readonly end: number;
}

/** What follows a prefix that only keys of one vendor have. Each is bounded or ends in the one repeat that it has. */
const VENDOR_KEYS = [
  '(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])',
  'gh[pousr]_[A-Za-z0-9]{20,}',
  'github_pat_[A-Za-z0-9_]{20,}',
  'gl(?:pat|dt|rt|ptt|cbt|ft|soat|agent|oas|imt|ffct)-[A-Za-z0-9_.-]{20,}',
  'xox[a-z]-[A-Za-z0-9-]{10,}',
  'xapp-[0-9]-[A-Za-z0-9-]{10,}',
  'sk-ant-[A-Za-z0-9_-]{16,}',
  'sk-(?=[A-Za-z_-]{0,64}[0-9])[A-Za-z0-9_-]{20,}',
  'npm_[A-Za-z0-9]{30,}',
  'AIza[A-Za-z0-9_-]{35}',
  'ya29\\.[A-Za-z0-9_-]{20,}',
  'GOCSPX-[A-Za-z0-9_-]{20,}',
  '[sr]k_(?:live|test)_[A-Za-z0-9]{10,}',
  'whsec_[A-Za-z0-9]{20,}',
  'hf_[A-Za-z0-9]{30,}',
  'pypi-[A-Za-z0-9_-]{50,}',
  'SG\\.[A-Za-z0-9_-]{16,64}\\.[A-Za-z0-9_-]{16,}',
  'hvs\\.[A-Za-z0-9_-]{24,}',
].join('|');

const QUOTE = `(?:\\\\?["'\`])?`;
const GAP = '[ \\t]{0,4}';
// Neither a quote nor a backslash is ever part of it, so that a line of JSON stays one.
const IN_VALUE = '[^\\s"\'`\\\\&;]';
const NO_VALUE = '(?![$<{*%/.~([]|\\w{0,64}\\(|(?:null|none|undefined|true|false|required|string|redacted)\\b)';
const DIGIT_AHEAD = `(?=${IN_VALUE}{0,64}[0-9])`;
const LETTER_AHEAD = `(?=${IN_VALUE}{0,64}[A-Za-z])`;

const PASSWORD = '(?:password|passwd|passphrase)';
const KEY =
  '(?:pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|secret[_-]?key|key[_-]base|auth[_-]?key|authorization)';

/** Group 1 is what stays; the rest of a match is the secret. */
const FORMS: readonly RegExp[] = [
  // The end of a key may be on this line; a key of several lines is what the stream looks after.
  /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:\\[nr]|[A-Za-z0-9+/=]){0,16384}(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----)?/g,
  new RegExp(`(?<![A-Za-z0-9])(?:${VENDOR_KEYS})`, 'g'),
  /(?<![\w-])eyJ[\w-]{8,}\.eyJ[\w-]{8,}(?:\.[\w-]+)?/g,
  /([a-z][a-z0-9+.-]{1,20}:\/\/)(?:[^\s/@:'"\\]{0,256}:[^\s/@'"\\]{1,512}|[^\s/@:'"\\]{16,512})(?=@)/gi,
  /(https:\/\/hooks\.slack\.com\/(?:services|workflows)\/)[A-Za-z0-9/_-]{16,}/g,
  /(authorization(?:\\?["'`])?[ \t]{0,4}[:=][ \t]{0,4}(?:\\?["'`])?(?:bearer|basic|token|apikey)[ \t]{1,4})[^\s"'`\\]{6,}/gi,
  /(bearer[ \t]{1,4})(?=[\w.~+/-]{0,64}[0-9])[\w.~+/-]{16,}=*/gi,
  new RegExp(`(${PASSWORD}${QUOTE}=${QUOTE})${NO_VALUE}${IN_VALUE}{6,}`, 'gi'),
  new RegExp(`(${PASSWORD}${QUOTE}${GAP}[:=]${GAP}\\\\?["'\`])${NO_VALUE}${IN_VALUE}{6,}`, 'gi'),
  new RegExp(`(${PASSWORD}${QUOTE}${GAP}[:=]${GAP})${NO_VALUE}${DIGIT_AHEAD}${IN_VALUE}{6,}`, 'gi'),
  new RegExp(`(${KEY}${QUOTE}=${QUOTE})${NO_VALUE}(?:${IN_VALUE}{16,}|${DIGIT_AHEAD}${IN_VALUE}{8,})`, 'gi'),
  new RegExp(`(${KEY}${QUOTE}${GAP}[:=]${GAP}${QUOTE})${NO_VALUE}${DIGIT_AHEAD}${LETTER_AHEAD}${IN_VALUE}{8,}`, 'gi'),
];

/** What a secret may grow from: what its vendor lets it begin with, or a name and the beginning of a value. */
const BEGINNINGS: readonly RegExp[] = [
  /(?<![A-Za-z0-9])(?:A[KSB]IA|ACCA|gh[pousr]_|github_pat_|gl[a-z]{2,5}-|xox[a-z]-|xapp-|sk-|npm_|AIza|ya29\.|GOCSPX-|[sr]k_|whsec_|hf_|pypi-|SG\.|hvs\.)[\w.-]*$/,
  /(?<![\w-])eyJ[\w.-]*$/,
  /[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/@'"\\]*$/i,
  /https:\/\/hooks\.slack\.com\/(?:services|workflows)\/[A-Za-z0-9/_-]*$/,
  /(?:authorization.{0,12}(?:basic|token|apikey)|bearer)[ \t]{1,4}[^\s"'`\\]+$/i,
  new RegExp(`(?:${PASSWORD}|${KEY})${QUOTE}${GAP}[:=]${GAP}${QUOTE}${IN_VALUE}+$`, 'i'),
  /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY.*$/,
];

/** More than that no secret has on its line before it is known as one. */
const LONGEST_BEGINNING = 8192;

/** Returns where that begins at the end of a text which may become a secret; the length where nothing may. */
export function beginOfForm(text: string): number {
  const from = Math.max(0, text.length - LONGEST_BEGINNING);
  const end = text.slice(from);
  return Math.min(text.length, ...BEGINNINGS.flatMap((form) => form.exec(end)?.index ?? []).map((at) => from + at));
}

/** Returns where a text has something that looks like a secret; the ranges may overlap. */
export function secretForms(text: string): SecretRange[] {
  const found: SecretRange[] = [];
  for (const form of FORMS) {
    for (const match of text.matchAll(form)) {
      const end = match.index + match[0].length;
      found.push({ from: match.index, start: match.index + (match[1]?.length ?? 0), end });
    }
  }
  return found;
}
