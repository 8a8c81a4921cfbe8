// The benchmark book: every figure beside what a user would use instead, or beside what no program can go below, in one run.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { machine } from './book/machine.mjs';
import { writeBook } from './book/page.mjs';
import { headingLine, rowLine, seriesLines } from './book/table.mjs';
import { GROUPS, FORMS } from './groups.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const USAGE = `usage: npm run bench -- [${FORMS.join('|')}] [GROUP ...] [--check] [--json FILE] [--write]

Groups: ${Object.keys(GROUPS).join(', ')}; all but growth unless some are named, in their quick form unless told otherwise.
  quick   all groups in three minutes        full   more pairs, larger repositories and queues
  once    each row once: that they run, nothing more
  --check         end with 1 when a budget was missed
  --json FILE     where the figures go (default: .bench/results.json)
  --write         put the figures and pictures into docs/performance.md as well
TMPDIR chooses the disk.`;

process.exitCode = await main(process.argv.slice(2));

/** @param {string[]} args */
async function main(args) {
  const asked = read(args);
  if (typeof asked === 'string') {
    console.error(asked === '' ? USAGE : `bench: ${asked}\n\n${USAGE}`);
    return asked === '' ? 0 : 64;
  }
  const { form, names, json, isWritten, isChecked } = asked;
  for (const name of ['NODE_EXTRA_CA_CERTS', 'NODE_OPTIONS']) delete process.env[name];
  const results = {};
  for (const name of names) {
    const began = performance.now();
    console.log(`\n== ${GROUPS[name].title}\n${headingLine()}`);
    results[name] = await measured(name, form);
    console.log(`${Math.round((performance.now() - began) / 1000)} s`);
    mkdirSync(dirname(json), { recursive: true });
    writeFileSync(json, `${JSON.stringify(results, null, 1)}\n`);
  }
  const all = Object.values(results).flatMap(({ rows, series }) => [...rows, ...series]);
  const missed = all.filter(({ kept }) => kept === false);
  const open = all.filter((row) => 'missing' in row);
  console.log(`\n${all.length} rows: ${missed.length} over their budget, ${open.length} not measured`);
  for (const { name } of missed) console.log(`  over: ${name}`);
  console.log(`figures: ${relative(process.cwd(), json)}`);
  if (isWritten) for (const path of writeBook(root, results)) console.log(`written: ${path}`);
  return isChecked && missed.length > 0 ? 1 : 0;
}

/** Returns what is asked for, or what is wrong with it; nothing is wrong where the usage is asked for. */
function read(args) {
  const options = {
    check: { type: 'boolean' },
    json: { type: 'string' },
    write: { type: 'boolean' },
    help: { type: 'boolean' },
  };
  let parsed;
  try {
    parsed = parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    return error.message;
  }
  const { values, positionals } = parsed;
  if (values.help) return '';
  const forms = positionals.filter((word) => FORMS.includes(word));
  const named = positionals.filter((word) => !FORMS.includes(word));
  const unknown = named.filter((name) => !(name in GROUPS));
  if (unknown.length > 0) return `there is no group ${unknown.join(', ')}`;
  if (forms.length > 1) return `one form at a time, not ${forms.join(' and ')}`;
  const [form = 'quick'] = forms;
  if (values.write && form === 'once') return 'what was measured once is not for the book';
  return {
    form,
    names: Object.keys(GROUPS).filter((name) => (named.length > 0 ? named.includes(name) : GROUPS[name].isUsual)),
    json: resolve(values.json ?? join(root, '.bench/results.json')),
    isWritten: values.write === true,
    isChecked: values.check === true,
  };
}

async function measured(name, form) {
  const { title, load } = GROUPS[name];
  const { measure } = await load();
  const [rows, series] = [[], []];
  for await (const one of measure(form)) {
    (one.points === undefined ? rows : series).push(one);
    console.log(one.points === undefined ? rowLine(one) : seriesLines(one).join('\n'));
  }
  return { title, form, ...whereAndWhen(), rows, series };
}

function whereAndWhen() {
  const git = (...words) => execFileSync('git', words, { cwd: root, encoding: 'utf8' }).trim();
  const isChanged = git('status', '--porcelain', '--', 'packages', 'tools').length > 0;
  const commit = `${git('rev-parse', '--short=9', 'HEAD')}${isChanged ? ' and changes' : ''}`;
  return { day: new Date().toISOString().slice(0, 10), commit, machine: machine() };
}
