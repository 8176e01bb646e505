// The package brings no types; these are the parts in use.
declare module 'autocannon' {
  import type { EventEmitter } from 'node:events';

  interface Request {
    method?: string;
    path?: string;
    headers?: Record<string, string>;
    body?: string;
    /** Called before each time it is sent. */
    setupRequest?: (request: Request) => Request;
  }
  interface Client extends EventEmitter {
    setRequests(requests: Request[]): void;
  }
  interface Options {
    url: string;
    connections: number;
    /** seconds */
    duration?: number;
    /** of requests, divided among the connections; instead of a duration */
    amount?: number;
    /** milliseconds between two looks at the clock */
    sampleInt?: number;
    setupClient?: (client: Client) => void;
    skipAggregateResult?: boolean;
  }
  interface Result {
    errors: number;
    timeouts: number;
  }
  interface Instance extends EventEmitter, Promise<Result> {
    on(
      event: 'response',
      listener: (client: Client, status: number, bytes: number, milliseconds: number) => void,
    ): this;
  }
  export default function autocannon(options: Options): Instance;
}
