import { exitCode } from '../contract/exit-status.ts';
import { asIoFailure, Failure, isFailure } from '../contract/failure.ts';
import { putCertificatesBack } from './certificates.ts';
import { CleanupStack } from './cleanup-stack.ts';
import { exitStatusTable } from './exit-status-table.ts';
import { failureText } from './failure-text.ts';
import { findCommand, type FoundCommand } from './find-command.ts';
import { commandHelp, programHelp } from './help-text.ts';
import { Input } from './input.ts';
import { leave } from './leave.ts';
import { Output, type Format } from './output.ts';
import { printResult } from './print-result.ts';
import { Stop, stopExitCode } from './stop.ts';
import { letGoOfTerminal, ownsTerminal } from './terminal.ts';
import { withCommandHelp } from './usage-failure.ts';
import { VERSION } from './version.ts';
import { keepPoolAwake } from './wakeful-pool.ts';
import type { Call, ProgramSpec, Result } from './program.ts';

/** What was made where everybody may write could be changed by any other user of the machine. */
function keepOthersFromWriting(): void {
  process.umask(process.umask(0o077) | 0o002);
}

/**
 * Runs a program to its end: reads the arguments, calls the command, prints what it returns, undoes what was
 * registered and sets the exit status. The status is that of a bug until the end has been reached.
 */
export async function runProgram(program: ProgramSpec, argv: readonly string[] = process.argv.slice(2)): Promise<void> {
  process.exitCode = exitCode('internal');
  putCertificatesBack(process.env);
  keepOthersFromWriting();
  const stop = new Stop();
  const cleanup = new CleanupStack();
  const output = new Output({
    streams: process,
    onClosed: (errno) => {
      if (errno === 'EPIPE') return stop.request({ kind: 'stdout_closed' });
      output.error(`${program.name}: cannot write stdout: ${errno}\n  next: see that there is room where it goes`);
      stop.request({ kind: 'stdout_failed' });
    },
    stop: stop.signal,
  });
  stop.listen();
  keepPoolAwake();
  let status: number;
  let signal: NodeJS.Signals | undefined;
  try {
    ({ status, signal } = await runCommand(program, argv, { stop, cleanup, output }));
  } catch (error) {
    status = stop.cause === undefined ? report(program, output, error) : stopExitCode(stop.cause);
    if (stop.cause !== undefined && isFailure(error)) output.note(failureText(program.name, error));
  }
  for (const problem of await cleanup.unwind())
    output.error(`${program.name}: clean-up: ${problem.name}: ${problem.message}`);
  const flushed = await output.flush();
  if (stop.cause !== undefined) status = stopExitCode(stop.cause);
  // A shell goes by this: a loop that was ended by Ctrl-C is to end as a whole, one whose command failed goes on.
  if (stop.cause?.kind === 'signal' && stop.cause.signal === 'SIGINT' && ownsTerminal()) signal = 'SIGINT';
  stop.unlisten();
  if (inputTouched) process.stdin.destroy();
  process.exitCode = status;
  if (flushed) letGoOfTerminal();
  if (signal !== undefined) process.kill(process.pid, signal);
  // What nobody reads would keep the process alive; it dies of what stopped it, which gives the same status.
  if (!flushed) process.kill(process.pid, stop.cause?.kind === 'signal' ? stop.cause.signal : 'SIGTERM');
  if (flushed && signal === undefined) leave();
}

let inputTouched = false;

/** Agents and gates are ended within two seconds, and told about; then there is time to write it down. */
const LINGER_MS = 5000;

interface Surroundings {
  readonly stop: Stop;
  readonly cleanup: CleanupStack;
  readonly output: Output;
}

interface End {
  readonly status: number;
  readonly signal?: NodeJS.Signals | undefined;
}

async function runCommand(program: ProgramSpec, argv: readonly string[], around: Surroundings): Promise<End> {
  const { output } = around;
  const found = findCommand(program, argv);
  if (found.kind !== 'command')
    return { status: await printResult(output, await generalResult(program, found, output)) };
  if (found.help) return { status: await printResult(output, { text: commandHelp(program, found.spec) }) };
  try {
    return await runFound(program, found, around);
  } catch (error) {
    throw withCommandHelp(error, program.name, found.spec.words);
  }
}

type Found = Extract<FoundCommand, { kind: 'command' }>;

async function runFound(program: ProgramSpec, found: Found, { stop, cleanup, output }: Surroundings): Promise<End> {
  const { parseArguments } = await import('./parse-arguments.ts');
  const parsed = await parseArguments(program, found.spec, found.rest);
  const { format, quiet, verbose, leash } = parsed.args as Partial<Call['args']> & { leash?: boolean };
  if (format !== undefined) output.format = format;
  output.quiet = quiet === true;
  output.verbose = verbose === true;
  const module = await found.spec.load();
  const call: Call = {
    program: program.name,
    args: parsed.args as Call['args'],
    operands: parsed.operands,
    command: parsed.command,
    get input() {
      inputTouched = true;
      return new Input({
        stream: process.stdin,
        signal: stop.signal,
        lingerMs: found.spec.lingers === true && !process.stdin.isTTY ? LINGER_MS : 0,
        ...(leash === true ? { onLeashEnd: () => stop.request({ kind: 'leash' }) } : {}),
      });
    },
    output,
    stop,
    cleanup,
  };
  const result = await module.run(call as never);
  return { status: await printResult(output, result), signal: result.signal };
}

type General = Exclude<FoundCommand, { kind: 'command' }>;

async function generalResult(program: ProgramSpec, { kind, group, rest }: General, output: Output): Promise<Result> {
  const format = kind === 'version' ? undefined : await askedFormat(program, kind, rest);
  if (format !== undefined) output.format = format;
  switch (kind) {
    case 'help': {
      if (format === undefined || format === 'table') return { text: programHelp(program, group) };
      const { helpDocument } = await import('./help-document.ts');
      return { record: helpDocument(program) };
    }
    case 'version':
      return { text: `${program.name} ${VERSION}\n` };
    case 'exit-codes':
      return exitStatusTable();
  }
}

async function askedFormat(program: ProgramSpec, word: string, rest: readonly string[]): Promise<Format | undefined> {
  if (rest.length === 0) return undefined;
  const { parseArguments } = await import('./parse-arguments.ts');
  const { args } = await parseArguments(program, { words: [word], options: {} }, rest);
  return args['format'] as Format | undefined;
}

/** What the system was asked for when it failed; an error of spawn names itself and nothing else. */
function doingOf(thrown: unknown): string {
  const { syscall = 'use', path } = (thrown ?? {}) as Partial<NodeJS.ErrnoException>;
  if (path === undefined && syscall.startsWith('spawn')) return 'start another process';
  return `${syscall} ${path ?? 'a file'}`;
}

function report(program: ProgramSpec, output: Output, thrown: unknown): number {
  const error = asIoFailure(thrown, doingOf(thrown));
  const failure = isFailure(error)
    ? error
    : new Failure('internal', error instanceof Error ? error.message : String(error), {
        hint: 'this is a bug: please report it with the lines above',
      });
  if (!isFailure(error)) output.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
  const text = failureText(program.name, failure);
  // In one piece: who reads the record knows by it that the words have told the same.
  output.error(output.onTerminal ? text : `${text}\n${JSON.stringify({ error: failure.toRecord() })}`);
  return failure.exit;
}
