import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// One tier at a time, chosen by --mode. Limits are generous where processes are spawned: two cores may run them all.
const TIERS = {
  unit: {
    include: ['test/**/*.test.{ts,mjs}'],
    exclude: ['test/**/*.{bin,scenario,long}.test.{ts,mjs}'],
    testTimeout: 30_000,
  },
  bin: { include: ['test/**/*.bin.test.{ts,mjs}'], testTimeout: 120_000 },
  // Two files at a time also on two cores: much of what they do is waiting for processes.
  scenario: {
    include: ['test/**/*.scenario.test.{ts,mjs}'],
    testTimeout: 240_000,
    maxWorkers: Math.max(2, availableParallelism() - 1),
  },
  long: { include: ['test/**/*.long.test.{ts,mjs}'], testTimeout: 3_600_000 },
};

export default defineConfig(({ mode }) => ({
  test: {
    ...TIERS[mode],
    name: mode,
    // To remove what a long test has made takes a slow disk its time.
    hookTimeout: 120_000,
    // What was wrong stands in the list that should have been empty, and a report of CI has only the message.
    chaiConfig: { truncateThreshold: 4000 },
    expect: { poll: { timeout: 20_000 } },
    passWithNoTests: true,
    allowOnly: false,
    reporters: ['default', ['json', { outputFile: `.reports/${mode}.json` }]],
  },
}));
