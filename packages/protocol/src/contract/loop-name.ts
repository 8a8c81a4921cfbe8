/** Tells whether a word can name a second loop: its folder, its branch `ralph/NAME` and its refs are called so. */
export function isLoopName(word: string): boolean {
  return /^[a-z0-9][a-z0-9-]{0,62}$/.test(word);
}

/** Returns the branch on which a second loop works. */
export function loopBranch(name: string): string {
  return `ralph/${name}`;
}
