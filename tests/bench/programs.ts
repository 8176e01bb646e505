import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

const project = fileURLToPath(new URL('../../', import.meta.url));

export interface Program {
  process: ChildProcess;
  /** Waits for words on its output. */
  untilSays(words: RegExp): Promise<RegExpExecArray>;
  /** What is waited for, or an error when the program ends before. */
  unlessItEnds<T>(event: Promise<T>): Promise<T>;
  /** Asks it to end, and waits until it has. */
  stop(): Promise<void>;
  ended: Promise<unknown>;
}

/** Starts a program of this project. In a process group of its own: Ctrl-C reaches the bench alone, which ends the rest in order. */
export function startProgram(script: string, args: string[] = [], env: NodeJS.ProcessEnv = {}): Program {
  const child = fork(script, args, {
    cwd: project,
    env: { ...process.env, ...env },
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: true,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text) => {
      output += text;
      child.emit('said');
    });
  const ended = once(child, 'close');

  function unlessItEnds<T>(event: Promise<T>): Promise<T> {
    const end = ended.then((): never => {
      throw new Error(`${script} ended, having said:\n${output}`);
    });
    return Promise.race([event, end]);
  }

  return {
    process: child,
    ended,
    unlessItEnds,
    async untilSays(words) {
      for (;;) {
        const found = words.exec(output);
        if (found) return found;
        await unlessItEnds(once(child, 'said'));
      }
    },
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill();
      await ended;
    },
  };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address ? address.port : 0;
}
