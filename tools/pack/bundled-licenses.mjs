import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const TEXT = /^(?:licen[cs]e|notice|copying)(?:\.|-|$)/i;

/**
 * Returns the names, versions and license texts of all packages that are in a bundle: most licenses ask that they go with
 * every copy.
 *
 * @param metafile what esbuild says of the bundle; its paths are relative to root
 * @throws Error for a package that has no such text
 */
export function bundledLicenses(root, metafile) {
  const found = bundledFolders(metafile).map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    const texts = readdirSync(join(root, folder)).filter((file) => TEXT.test(file));
    if (texts.length === 0) throw new Error(`${folder} has no text of its license (${license}) to go with the bundle`);
    const words = texts.toSorted().map((file) => readFileSync(join(root, folder, file), 'utf8').trim());
    return { title: `${name} ${version} (${license})`, text: words.join('\n\n') };
  });
  const parts = found.toSorted((a, b) => (a.title < b.title ? -1 : 1));
  // Two copies of one version are one to the reader.
  const once = new Map(parts.map(({ title, text }) => [title, text]));
  const list = [...once.keys()].map((title) => `  ${title}\n`).join('');
  const rest = [...once].map(([title, text]) => `\n${'-'.repeat(80)}\n${title}\n\n${text}\n`).join('');
  return `This program has these packages in it:\n\n${list}${rest}`;
}

/** Returns the folders of the packages of which something is in the bundle. */
function bundledFolders({ outputs }) {
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  const folders = inputs
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .flatMap(([path]) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0] ?? []);
  return [...new Set(folders)].toSorted();
}
