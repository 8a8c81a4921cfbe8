// Releases a version: node tools/release/run.mjs major|minor|patch|X.Y.Z
import { fileURLToPath } from 'node:url';
import { release } from './release.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
try {
  const tag = release(root, process.argv[2], new Date().toISOString().slice(0, 10));
  console.log(`released ${tag}, here alone\n  next: npm ci && git push origin HEAD ${tag} && npm run pack`);
} catch (error) {
  console.error(`release: ${error.message}`);
  process.exitCode = 1;
}
