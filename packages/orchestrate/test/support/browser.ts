import { spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from '@ralph/protocol/testing/temporary-folder';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** The browser of this machine; nothing where it has none. */
export const BROWSER = NAMES.find((name) => spawnSync(name, ['--version']).status === 0);

/** It asks for nothing by itself, as far as it can be told, and does not wait for a screen. */
const QUIET = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-domain-reliability',
  '--disable-sync',
  '--no-first-run',
  '--no-pings',
  '--hide-scrollbars',
];

/** What the browser asks its makers for, whatever page it shows, and names it makes up to see who answers. */
const ITS_OWN = /(?:^|\.)(?:google|googleapis|gstatic|gvt1|chromium)\.(?:com|org)$|^[^.]+$/;

/** Opens pages in a real browser, whose only way to the network is a proxy that writes down what is asked for. */
export class Browser {
  readonly #proxy: string;
  /** Hosts that pages have asked for. */
  readonly asked: string[];

  private constructor(proxy: string, asked: string[]) {
    this.#proxy = proxy;
    this.asked = asked;
  }

  static async start(): Promise<Browser> {
    const asked: string[] = [];
    const note = (host: string) => void (ITS_OWN.test(host) || asked.push(host));
    const server = createServer((request, response) => {
      note(new URL(request.url ?? '', 'http://no-host').hostname);
      response.writeHead(404).end();
    });
    server.on('connect', (request, socket) => {
      note((request.url ?? '').replace(/:\d+$/, ''));
      socket.end('HTTP/1.1 502 No\r\n\r\n');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    return new Browser(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked);
  }

  /** Opens a page with such options; returns what the browser prints. */
  open(page: string, options: readonly string[]): Promise<string> {
    const own = [`--user-data-dir=${join(temporaryFolder(), 'profile')}`, `--proxy-server=${this.#proxy}`];
    const args = [...QUIET, ...own, '--proxy-bypass-list=<-loopback>', ...options, `file://${page}`];
    const child = spawn(BROWSER ?? '', args, { stdio: ['ignore', 'pipe', 'ignore'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    let told = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (told += text));
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', () => resolve(told));
    });
  }
}
