// The output of an agent, so many bytes of it: what it takes ralph-worker, and cat(1) into a file.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { plainEnvironment } from './generated-repository.mjs';
import { memoryOf } from './process-account.mjs';
import { RunningWorker } from './running-worker.mjs';

const LOOK_MS = 5;

function printing(bytes) {
  return `yes 'some words that an agent prints' | head -c ${bytes}`;
}

/**
 * Has one agent print so much under `ralph-worker run`.
 *
 * @returns {Promise<{ ms: number, megabytes: number, logged: number }>} from its start to its end; our memory at most; the
 *   bytes of its log and of the older part
 */
export async function byWorker(root, bytes) {
  const logs = join(root, '.ralph/logs/parallel');
  // Those of an earlier time do not count.
  rmSync(logs, { recursive: true, force: true });
  const worker = new RunningWorker(root, `${printing(bytes)}; echo x > x`, 1);
  worker.give(1);
  await worker.saw('agent.started', 1);
  const begin = performance.now();
  await worker.saw('agent.finished', 1);
  const ms = performance.now() - begin;
  const megabytes = worker.memory('VmHWM');
  await worker.end();
  const names = readdirSync(logs).filter((name) => /\.log(?:\.\d+)?$/.test(name));
  const logged = names.reduce((sum, name) => sum + statSync(join(logs, name)).size, 0);
  if (logged === 0) throw new Error('nothing of the output was kept');
  return { ms, megabytes, logged };
}

/**
 * Has cat(1) write so much into a file, which is gone afterwards.
 *
 * @returns {Promise<{ ms: number, megabytes: number }>} from the start of both programs to their end; the memory of cat at most
 */
export async function byCat(root, bytes) {
  const file = join(root, '../by-cat');
  const begin = performance.now();
  // It waits for a word, so that cat is still there when its memory is looked at, however late that is.
  const producer = spawn('sh', ['-c', `read word; ${printing(bytes)}`], {
    env: plainEnvironment(),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const cat = spawn('sh', ['-c', `exec cat > ${file}`], { stdio: [producer.stdout, 'ignore', 'inherit'] });
  // Both have it now; the reading end of ours would keep it open.
  producer.stdout.destroy();
  let megabytes = 0;
  const timer = setInterval(() => (megabytes = peak(cat.pid) ?? megabytes), LOOK_MS);
  megabytes = peak(cat.pid) ?? 0;
  const ended = once(cat, 'exit');
  producer.stdin.end('go\n');
  const [status] = await ended;
  clearInterval(timer);
  const ms = performance.now() - begin;
  const { size } = statSync(file);
  rmSync(file);
  if (status !== 0 || size !== bytes) throw new Error(`cat ended with ${status} after ${size} of ${bytes} bytes`);
  return { ms, megabytes };
}

function peak(pid) {
  try {
    return memoryOf(pid, 'VmHWM');
  } catch {
    return undefined;
  }
}
