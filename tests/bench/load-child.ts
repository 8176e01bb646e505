import autocannon, { type Request } from 'autocannon';
import type { Job, Measured } from './load.ts';

// Sends requests as fast as the answers come. A process of its own, so that nothing else the bench does holds it up.

process.on('message', async (job: Job) => process.send?.(await run(job)));
process.once('disconnect', () => process.exit());

async function run({ origin, lanes, seconds }: Job): Promise<Measured> {
  const waiting = lanes.map((lane) => lane.map(numbered));
  const amount = lanes.reduce((sum, lane) => sum + lane.length, 0);
  const times: number[] = [];
  const statuses: Record<number, number> = {};
  const begun = performance.now();
  let last = begun;

  const instance = autocannon({
    url: origin,
    connections: lanes.length,
    ...(seconds === null ? { amount } : { duration: seconds }),
    sampleInt: 50,
    skipAggregateResult: true,
    setupClient: (client) => client.setRequests(waiting.shift() ?? []),
  });
  instance.on('response', (_client, status, _bytes, milliseconds) => {
    last = performance.now();
    times.push(milliseconds);
    statuses[status] = (statuses[status] ?? 0) + 1;
  });
  const { errors, timeouts } = await instance;
  times.sort((a, b) => a - b);
  return {
    perSecond: (times.length * 1000) / (last - begun),
    p99: times[Math.floor(times.length * 0.99)] ?? 0,
    count: times.length,
    statuses,
    failures: errors + timeouts,
  };
}

/** `%n` in a body is how often the request was sent before: a repeated answer has to name the revision it was drawn from. */
function numbered(request: Request): Request {
  const { body } = request;
  if (!body?.includes('%n')) return request;
  let sent = 0;
  return {
    ...request,
    setupRequest: (next) => {
      const numberedBody = body.replaceAll('%n', String(sent));
      sent += 1;
      return { ...next, body: numberedBody };
    },
  };
}
