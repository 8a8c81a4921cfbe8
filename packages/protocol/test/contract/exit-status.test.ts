import { constants } from 'node:os';
import { expect, it } from 'vitest';
import { EXIT_STATUS, SIGNAL_NUMBERS, signalExitCode } from '../../src/contract/exit-status.ts';

it('keeps the numbers that scripts depend on', () => {
  expect(Object.fromEntries(Object.entries(EXIT_STATUS).map(([name, row]) => [name, row.code]))).toEqual({
    ok: 0,
    failed: 1,
    partial: 2,
    blocked: 3,
    cancelled: 4,
    limit: 5,
    empty: 6,
    usage: 64,
    data: 65,
    unavailable: 69,
    internal: 70,
    io: 74,
    busy: 75,
    denied: 77,
    config: 78,
    timeout: 124,
    not_executable: 126,
    not_found: 127,
  });
});

it('reports the end by a signal as a shell does', () => {
  expect([signalExitCode('SIGINT'), signalExitCode('SIGKILL'), signalExitCode('SIGTERM')]).toEqual([130, 137, 143]);
  for (const [name, number] of Object.entries(SIGNAL_NUMBERS)) expect(constants.signals).toHaveProperty(name, number);
});
