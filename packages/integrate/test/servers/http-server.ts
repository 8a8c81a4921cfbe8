import { spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, dirname } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { testEnvironment } from '@ralph/protocol/testing/test-environment';
import { Faults, stageOf, type Fault } from './http-faults.ts';
import { endOf, killIn } from './server-processes.ts';

export const USER = 'ralph';
export const PASSWORD = 'pa55-of-ralph';

/** Serves a bare repository as `git http-backend` does behind a web server with passwords, with faults as told. */
export class HttpGitServer {
  readonly faults = new Faults();
  readonly #origin: string;
  #server: Server | undefined;
  #port = 0;

  constructor(origin: string) {
    this.#origin = origin;
    onTestFinished(() => this.kill());
  }

  /** Returns the address, with the password or with another one. */
  url(password = PASSWORD): string {
    return `http://${USER}:${password}@127.0.0.1:${this.#port}/${basename(this.#origin)}`;
  }

  /** Starts it, at the address it had before if there was one. */
  async start(): Promise<void> {
    const server = createServer((request, response) => void this.#serve(request, response));
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (server.address() as AddressInfo).port;
  }

  /** Ends it and all that it has started, as the loss of its power does. */
  async kill(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    server?.close();
    server?.closeAllConnections();
    await killIn(this.#origin);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const fault = this.faults.next(stageOf(request.method ?? '', request.url ?? ''));
    request.on('error', () => {});
    response.on('error', () => {});
    if (typeof fault === 'number') return refuse(request, response, fault);
    if (fault === 'hang') return void request.resume();
    if (fault === 'cut_unseen') return void request.socket.destroy();
    if (request.headers.authorization !== authorization()) return refuse(request, response, 401);
    await this.#hand(request, response, fault);
  }

  /** Hands a request to git, all of it at once: what git has got does not depend on when the client goes away. */
  async #hand(request: IncomingMessage, response: ServerResponse, fault: Fault | undefined): Promise<void> {
    const body = await buffer(request).catch(() => undefined);
    if (body === undefined) return;
    const backend = spawn('git', ['http-backend'], {
      env: { ...testEnvironment(), ...this.#environment(request, body.length) },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    backend.stdin.on('error', () => {});
    backend.stdin.end(body, () => fault === 'cut_taken' && request.socket.destroy());
    const answer = await buffer(backend.stdout).catch(() => Buffer.alloc(0));
    await endOf(backend);
    const isWhole = backend.exitCode === 0 && fault === undefined;
    if (isWhole) send(response, answer);
    else request.socket.destroy();
  }

  #environment({ method, url, headers }: IncomingMessage, length: number): Record<string, string> {
    const [path = '', query = ''] = (url ?? '').split('?');
    const version = headers['git-protocol'];
    return {
      GIT_PROJECT_ROOT: dirname(this.#origin),
      GIT_HTTP_EXPORT_ALL: '1',
      REQUEST_METHOD: method ?? 'GET',
      PATH_INFO: path,
      QUERY_STRING: query,
      CONTENT_TYPE: headers['content-type'] ?? '',
      CONTENT_LENGTH: String(length),
      HTTP_CONTENT_ENCODING: headers['content-encoding'] ?? '',
      REMOTE_USER: USER,
      REMOTE_ADDR: '127.0.0.1',
      ...(typeof version === 'string' ? { GIT_PROTOCOL: version } : {}),
    };
  }
}

function authorization(): string {
  return `Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString('base64')}`;
}

function refuse(request: IncomingMessage, response: ServerResponse, status: number): void {
  request.resume();
  const asked = status === 401 ? { 'www-authenticate': 'Basic realm="git"' } : {};
  response.writeHead(status, asked).end(`status ${status}\n`);
}

/** Git answers as a CGI program does: its own headers, an empty line, the body. */
function send(response: ServerResponse, answer: Buffer): void {
  const end = answer.indexOf('\r\n\r\n');
  const fields = answer
    .subarray(0, end)
    .toString('latin1')
    .split('\r\n')
    .map((line) => line.split(': ', 2) as [string, string]);
  const status = Number(fields.find(([name]) => name === 'Status')?.[1].slice(0, 3) ?? 200);
  const headers = Object.fromEntries(fields.filter(([name]) => name !== 'Status'));
  response.writeHead(status, headers).end(answer.subarray(end + 4));
}
