import { LEASH_OPTION, REPORT_OPTIONS, type OptionSpecs } from '@ralph/protocol/cli/options';

export const NO_OPTIONS = {} as const satisfies OptionSpecs;

export const INIT_OPTIONS = {
  'target-branch': {
    kind: 'text',
    value: 'BRANCH',
    describe: 'the branch that work lands on (default: the branch checked out in the main worktree)',
  },
  'older-than': {
    kind: 'seconds',
    zero: true,
    value: 'TIME',
    describe: 'drop records that ended at least this long ago (default: 24h)',
  },
} as const satisfies OptionSpecs;

export const LIST_OPTIONS = {
  lifecycle: {
    kind: 'choice',
    many: true,
    choices: ['running', 'integrating', 'completed', 'failed', 'blocked_push'],
    describe: 'only records in this lifecycle; may be given more than once',
  },
} as const satisfies OptionSpecs;

export const WATCH_OPTIONS = {
  existing: { kind: 'flag', describe: 'first tell every record that is there already, as a change from nothing' },
} as const satisfies OptionSpecs;

export const WAIT_OPTIONS = {
  for: {
    kind: 'choice',
    choices: ['landed', 'terminal'],
    fallback: 'landed',
    describe: 'what has to come true for each: that it has landed, or that it has ended, however',
  },
  timeout: {
    kind: 'seconds',
    zero: true,
    value: 'TIME',
    describe: 'wait at most this long: 90, 15m, 2h; 0 looks once',
  },
} as const satisfies OptionSpecs;

export const RETRY_OPTIONS = {
  fresh: { kind: 'flag', describe: 'by a new agent, also where the commits of blocked work are kept' },
} as const satisfies OptionSpecs;

export const REMOVE_OPTIONS = {
  force: {
    kind: 'flag',
    describe: 'also a record that seems at work but names no process, or that waits for its integration',
  },
} as const satisfies OptionSpecs;

export const PRUNE_OPTIONS = {
  'dry-run': { kind: 'flag', describe: 'only print what would be dropped' },
  'older-than': { kind: 'seconds', zero: true, value: 'TIME', describe: 'ended at least this long ago (default: 24h)' },
} as const satisfies OptionSpecs;

export const APPLY_OPTIONS = {
  answer: { kind: 'flag', describe: 'answer every line with one line, once its change is on the disk' },
  ...LEASH_OPTION,
} as const satisfies OptionSpecs;

const DRAFT_OPTION = {
  'include-draft': { kind: 'flag', describe: 'drafts may be chosen too, after everything else' },
} as const satisfies OptionSpecs;

export const TASK_LIST_OPTIONS = {
  runnable: { kind: 'flag', describe: 'only what could start now, in the order of selection' },
  ...DRAFT_OPTION,
} as const satisfies OptionSpecs;

export const TASK_NEXT_OPTIONS = {
  exclude: { kind: 'text', value: 'ID', many: true, describe: 'not this task; may be given more than once' },
  ...DRAFT_OPTION,
} as const satisfies OptionSpecs;

export const TASK_ADD_OPTIONS = {
  title: { kind: 'text', describe: 'add one task with this title; without it, tasks are read from stdin' },
  description: { kind: 'text', describe: 'what is to be done, in more words' },
  priority: {
    kind: 'choice',
    choices: ['critical', 'high', 'medium', 'low'],
    describe: 'how pressing it is, for people: it does not change the order of selection',
  },
  'depends-on': {
    kind: 'text',
    value: 'ID',
    many: true,
    describe: 'a task that has to end before this one may start; may be given more than once',
  },
  agent: {
    kind: 'text',
    value: 'NAME',
    describe: 'the agent that does it, where the command line of a run names none: claude, codex, …',
  },
  model: { kind: 'text', describe: 'the model of that agent, by its own name' },
  draft: { kind: 'flag', describe: 'add it as a draft, which is only started where drafts are asked for' },
} as const satisfies OptionSpecs;

export const TASK_ARCHIVE_OPTIONS = {
  followups: {
    kind: 'flag',
    describe: 'in the same write, add the tasks of a proposal on stdin, one line of JSON, to the top of the queue',
  },
  attempt: {
    kind: 'count',
    value: 'N',
    describe: 'the attempt that proposes them; what it has added already is not added again (default: 1)',
  },
} as const satisfies OptionSpecs;

export const TASK_INIT_OPTIONS = {
  'dry-run': { kind: 'flag', describe: 'only say what would be made' },
} as const satisfies OptionSpecs;

export const PREFLIGHT_OPTIONS = REPORT_OPTIONS;

export const REPAIR_OPTIONS = {
  'dry-run': { kind: 'flag', describe: 'only say what is wrong and what would be done; nothing is changed' },
} as const satisfies OptionSpecs;

export const SCHEMA_OPTIONS = {
  all: { kind: 'flag', describe: 'every schema, a line each: {name, schema}' },
} as const satisfies OptionSpecs;
