import { main, whole } from '../../server/main.ts';

// The whole server over a database that is ready: without the courses of the project, it is back sooner after a blow.
await main([], { ...whole, prepare: async () => {} });

// Whoever started it is gone.
process.once('disconnect', () => process.exit());
