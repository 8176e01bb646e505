import { connect } from 'node:net';
import fc from 'fast-check';
import { hostileRequests, type Sent, sentBytes } from './hostile-bytes.ts';
import type { Target } from './hostile-targets.ts';

export interface Siege {
  /** How many requests were answered so; 0: by closing the connection. */
  statuses: Record<number, number>;
  faults: string[];
}

interface Options {
  port: number;
  targets: Target[];
  requests: number;
  seed: number;
  /** So many connections at once. */
  lanes?: number;
}

/** Longer than anything may take: what has neither answered nor closed by then hangs. Milliseconds. */
const patience = 60_000;

/** Sends hostile requests over real connections, and looks at what comes back. */
export async function besiege({ port, targets, requests, seed, lanes = 8 }: Options): Promise<Siege> {
  const siege: Siege = { statuses: {}, faults: [] };
  const plan = fc.sample(hostileRequests, { numRuns: requests, seed }).values();
  async function lane(): Promise<void> {
    // All lanes take from one plan.
    for (const one of plan) await attack(port, sentBytes(targets, one), siege);
  }
  await Promise.all(Array.from({ length: lanes }, lane));
  return siege;
}

async function attack(port: number, sent: Sent, { statuses, faults }: Siege): Promise<void> {
  const answer = await exchange(port, sent);
  if (answer === null) {
    faults.push(`hangs: ${sent.what}`);
    return;
  }
  const status = Number(/^HTTP\/1\.1 (?!100)(\d{3})/m.exec(answer)?.[1] ?? 0);
  statuses[status] = (statuses[status] ?? 0) + 1;
  if (status >= 500 && status !== 503) faults.push(`${status}: ${sent.what}`);
  if (status === 0 && sent.isWhole) faults.push(`closed without an answer: ${sent.what}`);
  if (/<script>alert|<img src=x/.test(answer)) faults.push(`markup came back: ${sent.what}`);
  const head = headOf(answer);
  if (/^location: (?:https?:)?\/\/evil/im.test(head)) faults.push(`led elsewhere: ${sent.what}`);
  if (/^set-cookie: a=b/im.test(head)) faults.push(`a header was put in: ${sent.what}`);
}

/** Without the page, where a form shows again what was typed, line breaks and all. */
function headOf(answer: string): string {
  const [head = ''] = answer.replace(/^HTTP\/1\.1 100 .*\r\n\r\n/, '').split('\r\n\r\n', 1);
  return head;
}

/** What came until the connection was closed; null when nobody closes it. */
function exchange(port: number, { bytes, isOver }: Sent): Promise<string | null> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, '127.0.0.1');
    const told = () => Buffer.concat(chunks).toString();
    socket.setTimeout(patience, () => {
      resolve(null);
      socket.destroy();
    });
    socket.on('data', (chunk) => chunks.push(chunk));
    // A connection that is reset, while we still send what was refused, is closed too.
    socket.on('error', () => {});
    socket.once('close', () => resolve(told()));
    if (isOver) socket.end(bytes);
    else socket.write(bytes);
  });
}
