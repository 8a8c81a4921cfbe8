// The benchmark book: every figure beside what a user would use instead, or beside what no program can go below, in one run.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { wish } from './book/wish.mjs';
import { machine } from './book/machine.mjs';
import { writeBook } from './book/page.mjs';
import { headingLine, rowLine, seriesLines } from './book/table.mjs';
import { GROUPS, FORMS } from './groups.mjs';
import { untilInterrupted } from './interrupted.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const USAGE = `usage: npm run bench -- [${FORMS.join('|')}] [GROUP ...] [--check] [--json FILE] [--write]

Groups: ${Object.keys(GROUPS).join(', ')}; all but growth and policies unless some are named, in their quick form unless told otherwise.
  quick   all groups in three minutes        full   more pairs, larger repositories and queues
  once    each row once: that they run, nothing more
  --check         end with 1 when a budget was missed
  --json FILE     where the figures go (default: .bench/results.json)
  --write         put the figures and pictures into docs/performance.md as well
TMPDIR chooses the disk. What follows for many machines: npm run bench -- scale --write`;

process.exitCode = await untilInterrupted(() => main(process.argv.slice(2)));

/** @param {string[]} args */
async function main(args) {
  if (args[0] === 'scale') return (await import('./scale/main.mjs')).scale(root, args.slice(1), whereAndWhen);
  const asked = wish(args, GROUPS);
  if (typeof asked === 'string') {
    console.error(asked === '' ? USAGE : `bench: ${asked}\n\n${USAGE}`);
    return asked === '' ? 0 : 64;
  }
  const { form, names, json = join(root, '.bench/results.json'), isWritten, isChecked } = asked;
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
