import fc from 'fast-check';

/** What random examples grow from: the same in each run, unless it is given another. */
export const seed = Number(process.env.SEED ?? 20261123);

// Loaded before each test file, by run.ts.
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed });
