// In the place of ssh: does what is asked of the remote on this machine. Called as FOLDER [OPTION…] HOST COMMAND.
import { spawn } from 'node:child_process';

const command = process.argv.at(-1);
const child = spawn('sh', ['-c', command], { stdio: 'inherit' });
child.on('exit', (status) => (process.exitCode = status ?? 1));
