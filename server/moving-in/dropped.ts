import type { Note } from './draft.ts';

type Because = NonNullable<Note['because']>;

/** What has been found to have a fault, and which, by its name in the draft; questions by `quiz#position`. */
export interface Dropped {
  items: Map<string, Because>;
  questions: Map<string, Because>;
  pictures: Map<string, Because>;
  about: boolean;
}

export interface Owner {
  list: keyof Dropped;
  id: string;
}
