// Every file that our programs have written can be read and is what its schema says; every repository is whole.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FIELD_OF_OTHERS } from '../faults/foreign-edits.mjs';
import { findings } from './findings.mjs';
import { readPlainJson } from './plain-json.mjs';

const { fromJSONSchema } = createRequire(new URL('../../../packages/protocol/package.json', import.meta.url))('zod');
const SCHEMAS = fileURLToPath(new URL('../../../docs/schema', import.meta.url));
const known = new Map();

/** Returns the reader of a published schema; nothing where there is no such schema. */
function schemaOf(name) {
  const path = join(SCHEMAS, `${name}.json`);
  if (!known.has(name))
    known.set(name, existsSync(path) ? fromJSONSchema(JSON.parse(readFileSync(path, 'utf8'))) : undefined);
  return known.get(name);
}

const FILES = [
  [/^cache\/parallel\/state\.json$/, 'state-file'],
  [/^(?:queue|done)\.jsonc$/, 'queue-file'],
  [/^loop\.lock$/, 'lock-record'],
  [/^cache\/quota\/[^/]+\.json$/, 'quota-entry'],
];

/**
 * Returns files under .ralph that are torn. A writer that was killed, and a write that has failed, may leave a part of a line in
 * the log, which joins no other.
 */
export function tornFiles(world) {
  const kills = world.ends.filter(({ signal }) => signal !== null).length + world.failedWrites;
  const own = join(world.root, '.ralph');
  const names = readdirSync(own, { recursive: true, encoding: 'utf8' });
  const texts = names
    .filter((name) => /\.jsonc?$|^loop\.lock$/.test(name))
    .flatMap((name) => tornJson(join(own, name), name));
  const logs = names.filter((name) => name.endsWith('.ndjson')).flatMap((name) => tornLines(join(own, name), kills));
  return findings('torn files', [...texts, ...logs, ...forgotten(world)]);
}

function tornJson(path, name) {
  try {
    const value = readPlainJson(readFileSync(path, 'utf8'));
    const schema = FILES.find(([pattern]) => pattern.test(name))?.[1];
    const result = schema === undefined ? { success: true } : schemaOf(schema).safeParse(value);
    return result.success ? [] : [`${path} is not a ${schema}: ${result.error.message.replace(/\s+/g, ' ')}`];
  } catch (error) {
    return [`${path} cannot be read: ${error.message}`];
  }
}

function tornLines(path, kills) {
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  const wrong = [];
  let parts = 0;
  for (const [index, line] of lines.entries()) {
    try {
      const event = JSON.parse(line);
      const result = schemaOf(`event.${event.type}`)?.safeParse(event);
      if (result?.success === false)
        wrong.push(`${path}:${index + 1} is not ${event.type}: ${result.error.message.replace(/\s+/g, ' ')}`);
    } catch {
      parts += 1;
    }
  }
  return parts > kills ? [...wrong, `${path} has ${parts} lines that are no JSON`] : wrong;
}

/** What others have put into our files stays there. */
function forgotten(world) {
  if (!world.isStateEdited) return [];
  const text = readFileSync(join(world.root, '.ralph/cache/parallel/state.json'), 'utf8');
  return text.includes(`"${FIELD_OF_OTHERS}"`) ? [] : ['the field of others is gone from the state file'];
}

/** Returns what git finds wrong with the repositories. */
export function brokenRepositories(world) {
  const kept = existsSync(world.workspaces)
    ? readdirSync(world.workspaces)
        .filter((name) => !name.startsWith('.') && world.tasks.get(name) !== 'without git')
        .map((name) => join(world.workspaces, name))
    : [];
  const texts = [world.root, world.origin, ...kept].flatMap((cwd) => {
    const { status, stdout, stderr } = spawnSync('git', ['fsck', '--full', '--no-dangling', '--no-progress'], {
      cwd,
      encoding: 'utf8',
    });
    return status === 0 && stdout === '' ? [] : [`git fsck in ${cwd}: ${stdout}${stderr}`];
  });
  return findings('torn files', texts);
}
