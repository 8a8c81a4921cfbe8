'use strict';
// Loaded into each of our Node processes of a growth run: on SIGUSR2 it collects garbage and writes down what is left, as
// a number that the moment of the last collection does not blur.
const { existsSync, renameSync, rmSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { setFlagsFromString } = require('node:v8');
const { runInNewContext } = require('node:vm');
const { isMainThread } = require('node:worker_threads');

const folder = process.env.RALPH_GROWTH_FOLDER;
if (isMainThread && folder !== undefined && existsSync(folder)) {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  const path = join(folder, String(process.pid));
  let asked = 0;
  const tell = () => {
    collect();
    const { heapUsed, external } = process.memoryUsage();
    writeFileSync(`${path}.new`, JSON.stringify({ asked, bytes: heapUsed + external }));
    renameSync(`${path}.new`, path);
  };
  process.on('SIGUSR2', () => {
    asked += 1;
    tell();
  });
  process.on('exit', () => rmSync(path, { force: true }));
  tell();
}
