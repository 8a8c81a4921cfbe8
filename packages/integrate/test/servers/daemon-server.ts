import { spawn, type ChildProcess } from 'node:child_process';
import { connect, createServer, type AddressInfo } from 'node:net';
import { basename, dirname } from 'node:path';
import { onTestFinished } from 'vitest';
import { testEnvironment } from '@ralph/protocol/testing/test-environment';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { endOf, killIn } from './server-processes.ts';

/** Serves a bare repository with `git daemon`, pushes included. */
export class DaemonGitServer {
  readonly #origin: string;
  #daemon: ChildProcess | undefined;
  #port = 0;

  constructor(origin: string) {
    this.#origin = origin;
    onTestFinished(() => this.kill());
  }

  url(): string {
    return `git://127.0.0.1:${this.#port}/${basename(this.#origin)}`;
  }

  /** Starts it, at the address it had before if there was one. */
  async start(): Promise<void> {
    if (this.#port === 0) this.#port = await freePort();
    const place = ['--listen=127.0.0.1', `--port=${this.#port}`, `--base-path=${dirname(this.#origin)}`];
    const args = ['daemon', '--reuseaddr', '--export-all', '--enable=receive-pack', ...place];
    this.#daemon = spawn('git', args, { env: testEnvironment(), stdio: 'ignore', detached: true });
    await waitUntil('the daemon listens', () => canConnect(this.#port));
  }

  /** Ends it and all that it has started, as the loss of its power does. */
  async kill(): Promise<void> {
    const daemon = this.#daemon;
    this.#daemon = undefined;
    if (daemon?.pid !== undefined && daemon.exitCode === null && daemon.signalCode === null) {
      process.kill(-daemon.pid, 'SIGKILL');
      await endOf(daemon);
    }
    await killIn(this.#origin);
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
