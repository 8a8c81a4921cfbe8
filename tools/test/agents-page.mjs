/** Whatever stands in the preset of an agent, as the page of agents shows it. */

const shown = (text) => text.replaceAll(/\{(\w+)\}/g, (_, name) => name.toUpperCase());

function word(one) {
  if (typeof one !== 'string') return `[${one.map(word).join(' ')}]`;
  return shown(one.includes(' ') ? `'${one}'` : one);
}

function line(words, { prompt, approval }) {
  const known = words.filter((one) => one !== '{approval}' || approval !== undefined);
  return `${known.map(word).join(' ')}${prompt === 'file' ? '' : ' < PROMPT'}`;
}

/** Returns how each agent is called, and below that how its session goes on: a text of two lines each. */
export function callLines(presets) {
  return Object.entries(presets).flatMap(([name, preset]) => [
    `${name.padEnd(10)}${line(preset.command, preset)}`,
    `${' again'.padEnd(10)}${line(preset.resume, preset)}`,
  ]);
}

/** Returns the rows of a table: what each agent is told for either approval. */
export function approvalRows(presets) {
  const cell = (words) => (words === undefined ? '-' : `\`${words.join(' ')}\``);
  const rows = Object.entries(presets).map(([name, { approval }]) => [
    `\`${name}\``,
    cell(approval?.edits),
    cell(approval?.all),
  ]);
  return table([['name', '`edits`', '`all`'], ...rows]);
}

/** Returns the rows of a table: the packages that tests install. */
export function triedRows(pinned, day) {
  const rows = Object.entries(pinned).map(([name, [main, ...others]]) => [
    `\`${name}\``,
    [main, ...others].map((one) => `\`${one}\``).join(' with '),
    day,
  ]);
  return table([['name', 'package', 'last tried'], ...rows]);
}

function table([head, ...rows]) {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}

/** Returns the lines of a page between a mark and its end, without the empty ones and the fences of code. */
export function markedLines(page, name) {
  const [, text = ''] = new RegExp(`<!-- ${name} -->\n([\\s\\S]*?)<!-- end -->`).exec(page) ?? [];
  return text.split('\n').filter((one) => one.trim() !== '' && !one.startsWith('```'));
}
