// Who may import whom. The five programs share the contract and nothing else; inside the contract each layer knows only
// those below it.
import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, posix } from 'node:path';
import { packageFolders } from './source-files.mjs';

const PROTOCOL = '@ralph/protocol/';

/** What each layer of the contract may import: its own packages of npm, Node, and the layers below. */
const LAYERS = {
  contract: { below: ['contract'], node: false, npm: ['zod'] },
  cli: { below: ['contract', 'cli'], node: true, npm: ['zod', 'yargs'] },
  usage: { below: ['contract', 'usage'], node: false, npm: [] },
  agents: { below: ['contract', 'cli', 'usage', 'agents'], node: false, npm: [] },
  process: { below: ['contract', 'cli', 'process'], node: true, npm: undefined },
  testing: { below: ['contract', 'cli', 'process', 'testing'], node: true, npm: undefined },
};

/** Returns the file of ours that an import names, or nothing for Node and npm. */
export function targetOf(file, specifier) {
  if (specifier.startsWith('.')) return posix.join(posix.dirname(file.path), specifier);
  return specifier.startsWith(PROTOCOL) ? `packages/protocol/src/${specifier.slice(PROTOCOL.length)}.ts` : undefined;
}

/** Checks one import at a time. */
export function checkImports(root, files) {
  const declared = new Map(
    packageFolders(root).map((folder) => [folder.slice('packages/'.length), manifest(root, folder)]),
  );
  const development = Object.keys(manifestOf(root, '.').devDependencies ?? {});
  const problems = [];
  for (const file of files) {
    for (const { specifier, line } of file.imports) {
      for (const message of [
        crossing(file, specifier),
        layering(file, specifier),
        testingInSource(file, specifier),
        builtCode(file, specifier),
        undeclared(file, specifier, declared, development),
      ]) {
        if (message !== undefined) problems.push({ file: file.path, line, message });
      }
    }
  }
  return [...problems, ...unused(files, declared)];
}

function crossing(file, specifier) {
  if (file.pkg === undefined) return undefined;
  const target = targetOf(file, specifier);
  if (target === undefined) {
    const other = /^(?:ralph-\w+|@ralph\/(?!protocol\/)[^/]+)(?:\/|$)/.test(specifier);
    return other ? `imports the program ${specifier}: spawn it (process/sibling) instead` : undefined;
  }
  if (target.startsWith(`packages/${file.pkg}/`)) return undefined;
  if (file.pkg !== 'protocol' && specifier.startsWith(PROTOCOL)) return undefined;
  return `imports ${target}: a package is only left through @ralph/protocol/*`;
}

function layering(file, specifier) {
  const layer = /^packages\/protocol\/src\/([^/]+)\//.exec(file.path)?.[1];
  const rule = layer === undefined ? undefined : LAYERS[layer];
  if (layer !== undefined && rule === undefined) return `stands in ${layer}/, which is no layer of the contract`;
  if (rule === undefined) return undefined;
  const target = targetOf(file, specifier);
  const other = target === undefined ? undefined : /^packages\/protocol\/src\/([^/]+)\//.exec(target)?.[1];
  if (other !== undefined) return rule.below.includes(other) ? undefined : `the layer ${layer} imports from ${other}`;
  if (target !== undefined) return undefined;
  if (isBuiltin(specifier))
    return rule.node ? undefined : `the layer ${layer} imports ${specifier}: it is about data only`;
  const name = packageName(specifier);
  return rule.npm === undefined || rule.npm.includes(name) ? undefined : `the layer ${layer} imports ${name}`;
}

function testingInSource(file, specifier) {
  if (!/^packages\/[^/]+\/src\//.test(file.path) || file.path.startsWith('packages/protocol/src/testing/'))
    return undefined;
  const forTests = specifier === 'vitest' || targetOf(file, specifier)?.includes('/src/testing/') === true;
  return forTests ? `imports ${specifier}, which is for tests` : undefined;
}

function builtCode(file, specifier) {
  const launcher = /^packages\/[^/]+\/bin\//.test(file.path);
  return !launcher && /(?:^|\/)dist\//.test(specifier) ? `imports built code: ${specifier}` : undefined;
}

function undeclared(file, specifier, declared, development) {
  if (file.pkg === undefined || specifier.startsWith('.') || isBuiltin(specifier)) return undefined;
  const name = packageName(specifier);
  const own = declared.get(file.pkg) ?? [];
  if (own.includes(name) || (file.pkg === 'protocol' && name === '@ralph/protocol')) return undefined;
  const forTests = file.path.includes('/test/') || file.path.startsWith('packages/protocol/src/testing/');
  if (forTests && development.includes(name)) return undefined;
  return `imports ${name}, which packages/${file.pkg}/package.json does not declare`;
}

function unused(files, declared) {
  return [...declared].flatMap(([pkg, names]) => {
    const used = new Set(
      files.filter((file) => file.pkg === pkg).flatMap((file) => file.imports.map((one) => packageName(one.specifier))),
    );
    const idle = names.filter((name) => !used.has(name));
    return idle.map((name) => ({
      file: `packages/${pkg}/package.json`,
      line: 1,
      message: `declares ${name}, which nothing imports`,
    }));
  });
}

function packageName(specifier) {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

function manifest(root, folder) {
  return Object.keys(manifestOf(root, folder).dependencies ?? {});
}

function manifestOf(root, folder) {
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
}
