/** What a package says of itself to npm, in this order; all else in its manifest is for the workspace. */
const OWN = ['name', 'version', 'description', 'keywords', 'license', 'bin', 'man'];

/** What the workspace says for all of them, where it says it. */
const SHARED = ['homepage', 'bugs', 'repository', 'author', 'funding', 'engines'];

/**
 * Returns the package.json of a pack. Pure. It has no dependencies and no scripts: what a program needs is in its bundle, and
 * nothing is run where it is installed.
 *
 * @param manifest of the package
 * @param workspace the manifest of the workspace
 * @param files what lies at the top of the pack
 */
export function packedManifest(manifest, workspace, files) {
  const picked = (from, keys) => keys.filter((key) => from[key] !== undefined).map((key) => [key, from[key]]);
  const listed = files.filter((name) => name !== 'package.json').toSorted();
  // The sources are modules, what the build makes of them are scripts.
  const kind = { type: 'commonjs' };
  return { ...Object.fromEntries([...picked(manifest, OWN), ...picked(workspace, SHARED)]), ...kind, files: listed };
}

/** Returns the files that a manifest promises, relative to its folder: commands and manual pages. Pure. */
export function promisedFiles({ bin = {}, man = [] }) {
  return [...(typeof bin === 'string' ? [bin] : Object.values(bin)), ...[man].flat()];
}
