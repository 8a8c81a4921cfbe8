import { describe } from 'vitest';
import { stormOf, sweepOf } from './sweeps.mjs';

describe('a call of the system that fails below a program', () => {
  sweepOf('ralph-state apply', { calls: 12, kinds: ['EIO'] });
  sweepOf('ralph-lock run', { calls: 6, kinds: ['EIO'] });
  sweepOf('ralph-worker run', { calls: 4, kinds: ['EIO'] });
  sweepOf('ralph-integrate one', { calls: 3, kinds: ['ENOSPC'] });
  sweepOf('ralph-orchestrate run', { calls: 3, kinds: ['no room for a process'] });
});

describe('what the system may say at any time', () => {
  stormOf('ralph-state task add');
  stormOf('ralph-orchestrate run');
});
