// npm run bench: what each learner page costs; `-- blows`, `-- hostility` and `-- hour`: what the server bears. Each says more in its own file.
const programs: Record<string, string> = {
  blows: './blows-bench.ts',
  hostility: './hostility-bench.ts',
  hour: './hour-bench.ts',
};
const [name = ''] = process.argv.slice(2);
await import(programs[name] ?? './learner-bench.ts');
