// Writes what in docs/ follows from the code: the JSON Schemas and the option tables. With --check it writes nothing and
// fails where something is stale. The programs are bundled aside, so that an old build cannot speak for them.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import { buildProgram } from './build-program.mjs';
import { PROGRAMS } from './bundle-options.mjs';
import { fillExitPage, fillPage } from './docs-blocks.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const check = process.argv.includes('--check');
const bundles = mkdtempSync(join(tmpdir(), 'ralph-docs-'));
try {
  const problems = [...(await pageProblems()), ...(await schemaProblems())];
  for (const problem of problems) console.error(problem);
  if (check && problems.length > 0) console.error('docs: stale; write them with: npm run docs');
  if (problems.length === 0) console.error('docs: fresh');
  process.exitCode = problems.length === 0 ? 0 : 1;
} finally {
  rmSync(bundles, { recursive: true, force: true });
}

async function pageProblems() {
  const exitCodes = JSON.parse(await run('lock', ['exit-codes', '--format', 'json']));
  const problems = fill('docs/exit-status.md', (page, text) => fillExitPage(page, text, exitCodes));
  for (const name of PROGRAMS) {
    const help = JSON.parse(await run(name, ['help', '--format', 'json']));
    const settings = name === 'orchestrate' ? await defaultSettings() : [];
    problems.push(...fill(`docs/ralph-${name}.md`, (page, text) => fillPage(page, text, help, settings)));
  }
  return problems;
}

/** What `config` prints where nobody has set anything. */
async function defaultSettings() {
  const folder = mkdtempSync(join(tmpdir(), 'ralph-docs-'));
  try {
    const rows = JSON.parse(
      await run('orchestrate', ['config', '--repo', folder, '--format', 'json'], { HOME: folder }),
    );
    // Where the workspaces are depends on where the repository is.
    const root = 'PARENT/.workspaces/REPO/parallel';
    return rows.map((row) => (row.key === 'parallel.workspace_root' ? { ...row, value: root } : row));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function fill(page, make) {
  if (!existsSync(join(root, page))) return [`${page}: missing`];
  const { text, problems } = make(page, readFileSync(join(root, page), 'utf8'));
  return [...problems, ...update(page, text)];
}

async function schemaProblems() {
  const lines = (await run('state', ['schema', '--all', '--format', 'ndjson'])).trimEnd().split('\n');
  const schemas = new Map(lines.map((line) => JSON.parse(line)).map(({ name, schema }) => [`${name}.json`, schema]));
  const there = existsSync(join(root, 'docs/schema')) ? readdirSync(join(root, 'docs/schema')) : [];
  const gone = there.filter((name) => !schemas.has(name));
  if (!check) for (const name of gone) rmSync(join(root, 'docs/schema', name));
  return [
    ...(check ? gone.map((name) => `docs/schema/${name}: there is no such schema any more`) : []),
    ...[...schemas].flatMap(([name, schema]) => update(`docs/schema/${name}`, `${JSON.stringify(schema, null, 2)}\n`)),
  ];
}

/** Writes a file, or says that it is not what it should be. */
function update(path, text) {
  const file = join(root, path);
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return [];
  if (check) return [`${path}: not what the code says`];
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return [];
}

async function run(name, args, env = process.env) {
  const outdir = join(bundles, name);
  if (!existsSync(outdir)) await buildProgram(esbuild, root, name, outdir);
  return execFileSync(process.execPath, [join(outdir, 'start.cjs'), ...args], {
    encoding: 'utf8',
    env,
    maxBuffer: 64 * 2 ** 20,
  });
}
