// The files that the rules are held against, with their imports.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {object} SourceFile
 * @property {string} path relative to the root, with slashes
 * @property {string | undefined} pkg the folder under packages/ that it belongs to
 * @property {string} text the text with comments blanked out, so that line numbers stay
 * @property {string[]} lines the text as it is
 * @property {{ specifier: string, line: number }[]} imports type imports and dynamic imports included
 */

/** Returns the files of ours under packages/ and tools/. */
export function sourceFiles(root) {
  const folders = [
    'tools',
    ...packageFolders(root).flatMap((folder) => ['src', 'test', 'bin'].map((part) => `${folder}/${part}`)),
  ];
  return folders.flatMap((folder) => filesBelow(root, folder)).map((path) => readSource(root, path));
}

/** Returns the folders of the packages, relative to the root. */
export function packageFolders(root) {
  return readdirSync(join(root, 'packages'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(root, 'packages', entry.name, 'package.json')))
    .map((entry) => `packages/${entry.name}`)
    .toSorted();
}

function filesBelow(root, folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => `${folder}/${name}`)
    .filter((path) => /\.(?:ts|[cm]js)$/.test(path) && !/\/(?:node_modules|dist|\.reports)\//.test(path))
    .toSorted();
}

function readSource(root, path) {
  const raw = readFileSync(join(root, path), 'utf8');
  const text = withoutComments(raw);
  return {
    path,
    pkg: /^packages\/([^/]+)\//.exec(path)?.[1],
    text,
    lines: raw.replace(/\n$/, '').split('\n'),
    imports: importsOf(text),
  };
}

/** Blanks comments out; `//` only counts after a blank, so that an address in a string stays whole. */
export function withoutComments(text) {
  const blank = (match) => match.replace(/[^\n]/g, ' ');
  return text.replace(/(^|\s)\/\*[\s\S]*?\*\//g, blank).replace(/(^|\s)\/\/[^\n]*/gm, blank);
}

const IMPORTS = [
  /^[ \t]*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/gm,
  /^[ \t]*import\s*['"]([^'"]+)['"]/gm,
  /\bimport\(\s*['"]([^'"]+)['"]/g,
  /^[^'"`\n]*\brequire\(\s*['"]([^'"]+)['"]\s*\)/gm,
];

function importsOf(text) {
  return IMPORTS.flatMap((pattern) => [...text.matchAll(pattern)])
    .map((match) => ({ specifier: match[1], line: lineAt(text, match.index + match[0].length) }))
    .toSorted((a, b) => a.line - b.line);
}

/** Returns the number of the line at an offset, from 1. */
export function lineAt(text, offset) {
  return text.slice(0, offset).split('\n').length;
}
