import { runProgram } from '@ralph/protocol/cli/run-program';
import { program } from './program.ts';
void runProgram(program);
