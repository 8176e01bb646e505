import { readDemoConfig } from './config.ts';
import { hasOwner } from './demo/queries.ts';
import { characters, password, pin } from './demo/story.ts';
import { tellStory } from './demo/telling.ts';
import { type Prepared, main as run, whole } from './main.ts';
import { progress } from './platform/progress.ts';

/** `npm run demo`: the server, with people at every stage of learning. The next start finds them as they are then. */
export async function main(args: string[]): Promise<void> {
  await run(args, { ...whole, configure: readDemoConfig, prepare });
}

async function prepare(site: Prepared): Promise<void> {
  await whole.prepare(site);
  if (!(await hasOwner(site.db))) {
    const bar = progress('People arrive', characters.length);
    await tellStory(site, () => bar.advance(1));
    bar.end();
  }
  console.log(`Sign in by phone. PIN of learners: ${pin}. Password of the others: ${password}`);
  for (const { phone, role, name } of characters) console.log(`${phone}  ${role.padEnd(8)} ${name}`);
}
