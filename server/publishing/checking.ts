import type { Kysely } from 'kysely';
import type { Fault } from '../courses/fault.ts';
import { checkPackage } from '../courses/package.ts';
import { fileOf } from '../courses/package-desk.ts';
import { readText } from '../courses/package-files.ts';
import { type Outline, readSettings, type SettingsReading } from '../courses/package-settings.ts';
import type { Database } from '../database/connection.ts';
import type { FileStore } from '../files/store.ts';
import { Kept } from '../platform/kept.ts';
import { type DraftFolder, readDraftFolder } from './files/queries.ts';
import { glance } from './pictures/drawing.ts';
import type { Draft } from './queries.ts';
import { titleOf } from './titles.ts';

/** What there is to say of a draft as it stands. */
export interface Checked {
  folder: DraftFolder;
  settings: SettingsReading['settings'];
  outline: Outline;
  /** of items and of the course, by path */
  titles: Map<string, string>;
  faults: Fault[];
}

type Stores = { db: Kysely<Database>; files: FileStore };

const kept = new Kept<Checked>(30);

/** At one revision a draft is always the same, so this process checks it once. */
export async function checkDraft({ db, files }: Stores, draft: Draft): Promise<Checked> {
  const known = kept.get(keyOf(draft, draft.revision));
  if (known) return known;
  const folder = await readDraftFolder(db, files, draft);
  const checked = await checkFolder(draft, folder);
  kept.set(keyOf(draft, folder.revision), checked);
  return checked;
}

async function checkFolder(draft: Draft, folder: DraftFolder): Promise<Checked> {
  const { source } = folder;
  const yaml = textOf(folder, 'course.yaml');
  const { settings, outline } = readSettings(yaml, draft.slug);
  const reading = await checkPackage(source, glance);
  const faults = 'faults' in reading ? reading.faults : [];
  const languages = outline.languages;
  const paths = languages.flatMap((language) =>
    ['course.md', ...outline.items.map(fileOf)].map((file) => `${language}/${file}`),
  );
  const titles = new Map(paths.map((path) => [path, titleOf(path, textOf(folder, path))]));
  return { folder, settings, outline, titles, faults: [...faults, ...providerFaults(draft, settings?.provider)] };
}

/** A course is given by the organisation that its draft belongs to: otherwise anybody could write in another's name. */
function providerFaults({ organisation_code }: Draft, provider: string | undefined): Fault[] {
  return provider === undefined || provider === organisation_code
    ? []
    : [
        {
          file: 'course.yaml',
          line: null,
          code: 'provider_not_own',
          values: { value: provider, own: organisation_code },
        },
      ];
}

/** The empty text where there is none, or none to read. */
export function textOf({ source }: Pick<DraftFolder, 'source'>, path: string): string {
  const content = source.files.get(path);
  const reading = content ? readText(content) : null;
  return reading && 'text' in reading ? reading.text : '';
}

function keyOf({ id, organisation_code }: Draft, revision: number): string {
  return `${id} ${revision} ${organisation_code}`;
}
