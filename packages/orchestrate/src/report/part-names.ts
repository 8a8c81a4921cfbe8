import type { Part } from '../record/task-phases.ts';

/** What people read for the parts of a task's time. */
export const PART_NAMES: Readonly<Record<Part, string>> = {
  setup: 'set-up',
  agent: 'agent',
  rebase: 'rebase',
  gate: 'gate',
  resolver: 'resolver',
  push: 'push',
  place: 'for a workspace',
  launch: 'for its agent to start',
  hand_over: 'for the integrator',
  gate_wait: 'for a gate',
  turn: 'for its turn to land',
  repair: 'between the steps of a repair',
  wrap_up: 'for its work to be kept',
};
