// The generated parts of a page: what stands between `<!-- NAME -->` and `<!-- end -->`.

const BLOCK = /(<!-- (options:[a-z -]+|exit-codes|settings) -->\n)[\s\S]*?(<!-- end -->)/g;

/** Returns the page of a program with every block filled in, and what is wrong with it; settings are what `config` prints. */
export function fillPage(page, text, help, settings = []) {
  const wanted = new Map(help.commands.map((command) => [`options:${command.command}`, () => commandBlock(command)]));
  wanted.set('options:common', () => optionTable(help.common_options));
  if (settings.length > 0) wanted.set('settings', () => settingTable(settings));
  return fillBlocks(page, text, wanted);
}

/** Returns the page of the exit statuses with its table filled in, and what is wrong with it. */
export function fillExitPage(page, text, rows) {
  return fillBlocks(page, text, new Map([['exit-codes', () => exitTable(rows)]]));
}

function fillBlocks(page, text, blocks) {
  const names = [];
  const problems = [];
  const filled = text.replace(BLOCK, (whole, begin, name, end) => {
    names.push(name);
    const make = blocks.get(name);
    if (make !== undefined) return `${begin}\n${make()}\n${end}`;
    problems.push(`${page}: there is nothing for the block <!-- ${name} -->`);
    return whole;
  });
  const missing = [...blocks.keys()].filter((name) => !names.includes(name));
  return { text: filled, problems: [...problems, ...missing.map((name) => `${page}: has no block <!-- ${name} -->`)] };
}

function commandBlock({ synopsis, summary, options }) {
  const parts = [`    ${synopsis}`, '', summary, ''];
  if (options.length > 0) parts.push(optionTable(options));
  return parts.join('\n');
}

function optionTable(options) {
  return table(
    ['option', 'meaning'],
    options.map(({ form, meaning }) => [`\`${form}\``, meaning]),
  );
}

function settingTable(rows) {
  return table(
    ['key', 'meaning', 'default', 'option', 'variable'],
    rows.map(({ key, meaning, value, flag = '', variable = '' }) => [
      `\`${key}\``,
      meaning,
      value === null ? 'none' : `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``,
      flag === '' ? '' : `\`${flag}\``,
      variable === '' ? '' : `\`${variable}\``,
    ]),
  );
}

function exitTable(rows) {
  return table(
    ['status', 'name', 'meaning', 'again?'],
    rows.map(({ status, name, meaning, again }) => [String(status), `\`${name}\``, meaning, again]),
  );
}

function table(heading, rows) {
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
  return [line(heading), line(heading.map(() => '---')), ...rows.map(line)].join('');
}
