import { describe } from 'vitest';
import { COMMANDS, stormOf, sweepOf } from './sweeps.mjs';

describe('each call of the system that fails below a program', () => {
  for (const command of COMMANDS) sweepOf(command);
});

describe('what the system may say at any time', () => {
  for (const command of COMMANDS) stormOf(command);
});
