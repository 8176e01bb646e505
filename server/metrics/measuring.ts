import type { FastifyInstance } from 'fastify';
import type { Pool } from 'pg';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { JobState } from '../jobs/queries.ts';

/**
 * How long answers take, by route and not by address: addresses name people and have no end. Names and units are as Prometheus
 * advises: seconds, and the unit at the end of the name.
 */
export function measure(app: FastifyInstance, pool: Pool | undefined, jobStates: () => Promise<JobState[]>): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const answers = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'From the head of a request to the end of its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [registry],
  });
  app.addHook('onResponse', async ({ method, routeOptions }, reply) => {
    const route = routeOptions.url ?? 'none';
    answers.observe({ method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
  });
  if (pool) measurePool(registry, pool);
  measureJobs(registry, jobStates);
  return registry;
}

function measurePool(registry: Registry, pool: Pool): void {
  new Gauge({
    name: 'database_connections',
    help: 'Connections of this process, and requests that wait for one',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      this.set({ state: 'idle' }, pool.idleCount);
      this.set({ state: 'busy' }, pool.totalCount - pool.idleCount);
      this.set({ state: 'awaited' }, pool.waitingCount);
    },
  });
}

/** Of the whole site, whichever process runs them: of several processes each tells the same. Without a database the rest is told. */
function measureJobs(registry: Registry, jobStates: () => Promise<JobState[]>): void {
  let asked: Promise<JobState[]> | undefined;
  // Both gauges collect at one moment, out of one answer.
  const ask = () => {
    asked ??= jobStates()
      .catch(() => [])
      .finally(() => {
        asked = undefined;
      });
    return asked;
  };
  new Gauge({
    name: 'job_failing',
    help: '1 where the last run of a job failed',
    labelNames: ['job'],
    registers: [registry],
    async collect() {
      this.reset();
      for (const { name: job, state } of await ask()) this.set({ job }, state === 'failed' ? 1 : 0);
    },
  });
  new Gauge({
    name: 'job_last_success_timestamp_seconds',
    help: 'When a job last ended well; none where it never has',
    labelNames: ['job'],
    registers: [registry],
    async collect() {
      this.reset();
      for (const { name: job, succeeded_at } of await ask()) {
        if (succeeded_at !== null) this.set({ job }, succeeded_at.getTime() / 1000);
      }
    },
  });
}
