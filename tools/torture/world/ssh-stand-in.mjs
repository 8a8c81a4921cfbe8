#!/usr/bin/env node
// Stands for ssh to the origin of a world: git gives it options, a host and a command, which it runs on this machine. How the
// remote behaves is told by a file in the world's folder, the one that holds the origin.
import { spawn } from 'node:child_process';
import { appendFileSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const LOOK_MS = 50;
const command = process.argv.at(-1) ?? '';
const served = /^(git[ -](?:upload|receive)-pack) '(.*)'$/.exec(command);
if (served === null) {
  process.stderr.write(`ssh stand-in: no such command: ${command}\n`);
  process.exit(255);
}
const [, service = '', repository = ''] = served;
const isPush = service.endsWith('receive-pack');
const moodFile = join(dirname(repository), 'remote-mood');

/** What the file says now; nothing where there is none, or where its number of times is used up. */
function mood() {
  try {
    const told = JSON.parse(readFileSync(moodFile, 'utf8'));
    if (told.of !== undefined && told.of !== (isPush ? 'push' : 'fetch')) return undefined;
    return told.times === undefined || counted() < told.times ? told : undefined;
  } catch {
    return undefined;
  }
}

function counted() {
  try {
    return readFileSync(`${moodFile}.hits`, 'utf8').length;
  } catch {
    return 0;
  }
}

function count() {
  appendFileSync(`${moodFile}.hits`, '.');
}

function endWith(words) {
  process.stderr.write(`${words}\n`);
  process.exit(255);
}

function serve(told) {
  const child = spawn('sh', ['-c', command], { stdio: ['pipe', 'pipe', 'inherit'], detached: true });
  child.stdin.on('error', () => {});
  process.stdout.on('error', () => {});
  const kill = () => {
    try {
      process.kill(-Number(child.pid), 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  };
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT']) {
    process.on(signal, () => {
      kill();
      process.exit(255);
    });
  }
  const through = passing(told, kill);
  process.stdin.on('data', (bytes) => through.up(bytes, (some) => child.stdin.write(some)));
  process.stdin.on('end', () => child.stdin.end());
  child.stdout.on('data', (bytes) => through.down(bytes, (some) => process.stdout.write(some)));
  child.on('close', (status) => {
    if (through.endsBadly()) endWith('Connection to origin.invalid closed by remote host.');
    process.exitCode = status ?? 255;
    process.stdin.destroy();
  });
}

/** What becomes of the bytes in both directions. */
function passing(told, kill) {
  const plain = { up: (bytes, send) => send(bytes), down: (bytes, send) => send(bytes), endsBadly: () => false };
  let seen = 0;
  let isCut = false;
  switch (told?.mood) {
    case 'die':
      // In the middle of what the client sends in a push, and of what the server sends in a fetch.
      return {
        ...plain,
        [isPush ? 'up' : 'down']: (bytes, send) => {
          const room = Math.max(0, told.after - seen);
          seen += bytes.length;
          if (room > 0) send(bytes.subarray(0, room));
          if (seen <= told.after || isCut) return;
          isCut = true;
          count();
          kill();
        },
        endsBadly: () => isCut,
      };
    case 'drop':
      // The client has had the list of refs when it speaks for the first time; no answer comes to anything after that.
      return {
        ...plain,
        up: (bytes, send) => {
          if (!isCut && bytes.length > 4) {
            isCut = true;
            count();
          }
          send(bytes);
        },
        down: (bytes, send) => {
          if (!isCut) send(bytes);
        },
        endsBadly: () => isCut,
      };
    case 'slow': {
      count();
      let last = Promise.resolve();
      const later = (bytes, send) => {
        last = last.then(() => new Promise((resolve) => setTimeout(resolve, told.delayMs))).then(() => send(bytes));
      };
      return { ...plain, down: later };
    }
    default:
      return plain;
  }
}

/** Answers nothing until the mood is another or the client has gone. */
function stall() {
  count();
  process.stdin.on('end', () => process.exit(255));
  process.stdin.resume();
  const look = setInterval(() => {
    if (mood()?.mood === 'stall') return;
    clearInterval(look);
    endWith('Connection to origin.invalid timed out.');
  }, LOOK_MS);
}

const now = mood();
switch (now?.mood) {
  case 'refuse':
    count();
    endWith('ssh: connect to host origin.invalid port 22: Connection refused');
    break;
  case 'stall':
    stall();
    break;
  default:
    serve(now);
}
