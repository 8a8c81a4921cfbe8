// The tables of commands and options of the five programs, by name.
import { program as integrate } from '../../packages/integrate/src/program.ts';
import { program as lock } from '../../packages/lock/src/program.ts';
import { program as orchestrate } from '../../packages/orchestrate/src/program.ts';
import { program as state } from '../../packages/state/src/program.ts';
import { program as worker } from '../../packages/worker/src/program.ts';

export const programs = new Map([lock, state, worker, integrate, orchestrate].map((one) => [one.name, one]));
