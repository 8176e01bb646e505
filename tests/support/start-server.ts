import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Test } from 'tap';
import { type Child, startChild, temporaryFolder, type User } from './child.ts';

export interface StartedServer extends Child {
  url: string;
  dataDir: string;
}

interface Options {
  /** What is started; the server itself unless a test needs a stranger one. */
  script?: string;
  env?: NodeJS.ProcessEnv;
  dataDir?: string;
  user?: User | null;
  /** Passed by kill(-pid) as a terminal passes Ctrl-C. */
  ownGroup?: boolean;
}

/** Starts a server as `npm start` does, over a data folder of its own, on a free port, and waits until it listens. */
export async function startServer(t: Test, options: Options = {}): Promise<StartedServer> {
  const { server, url, dataDir } = await launchServer(t, options);
  await server.untilSays(/^Đom Đóm: http/m);
  return { ...server, url, dataDir };
}

/** The same, for a server that is expected to end without ever listening. */
export async function launchServer(
  t: Test,
  { script = 'server/start.js', env = {}, user, ownGroup, ...rest }: Options = {},
) {
  const dataDir = rest.dataDir ?? (await temporaryFolder(t, user));
  const port = await freePort();
  const server = startChild(t, [process.execPath, script], {
    env: { DATA_DIR: dataDir, PORT: String(port), ...env },
    detached: ownGroup ?? false,
    ...user,
  });
  return { server, url: `http://127.0.0.1:${port}`, dataDir };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address ? address.port : 0;
}
