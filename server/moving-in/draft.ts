import type { Root } from 'mdast';
import type { Question } from '../quizzes/question.ts';

/** What every reader makes of its source: a course on its way in, not yet in the form of a package. */
export interface Draft {
  /** null where the source has no name of its own */
  title: string | null;
  /** null: to be told from the words */
  language: string | null;
  /** what the source says of the course as a whole */
  about: Root;
  items: DraftItem[];
  /** by the name that `picture:` addresses in the texts use */
  pictures: Map<string, DraftPicture>;
  notes: Note[];
}

export interface DraftPicture {
  content: Uint8Array;
  place: string;
}

/**
 * Texts are Markdown trees. Their addresses are `item:` with an id, `picture:` with a name, or ones of the web; any other
 * leads nowhere in the package, and only its words stay.
 */
export type DraftItem = DraftLesson | DraftQuiz | DraftAssignment;

interface Common {
  id: string;
  /** of the part of the source it stood in */
  section: string | null;
  title: string;
  place: string;
}

export interface DraftLesson extends Common {
  kind: 'lesson';
  body: Root;
}

export interface DraftQuiz extends Common {
  kind: 'quiz';
  questions: DraftQuestion[];
}

/** Work that a person marks. Where the source has no rubric it gets one that says no more than how complete it is. */
export interface DraftAssignment extends Common {
  kind: 'assignment';
  body: Root;
  rubric: { criterion: string; levels: { points: number; text: string }[] }[];
  /** What it was in the source. */
  thing: Extract<Thing, 'question' | 'assignment'>;
  type: string;
}

export interface DraftQuestion {
  question: Question;
  /** what the source calls its kind */
  type: string;
  place: string;
  /** answered with a file, which a quiz here does not take */
  isUpload?: boolean;
}

/** What a line of the report is about. */
export type Thing =
  | 'course'
  | 'lesson'
  | 'quiz'
  | 'question'
  | 'assignment'
  | 'picture'
  | 'link'
  | 'file'
  | 'text'
  | 'activity';

/** One line of the report. The sentence is the message `moving.<code>`. */
export interface Note {
  outcome: 'came' | 'changed' | 'left_out';
  thing: Thing;
  /** in the source: a path, a line, a name */
  place: string;
  code: string;
  values: Record<string, string | number>;
  /** what is wrong with it as a part of a package: the message `package.<code>` */
  because?: { code: string; values: Record<string, string | number> };
}

/** Why a source cannot be taken at all. Nothing has been changed. */
export class MovingFault extends Error {
  override readonly name = 'MovingFault';
  readonly code: string;
  readonly place: string;
  readonly values: Record<string, string | number>;

  constructor(code: string, place: string, values: Record<string, string | number> = {}) {
    super(`${place}: ${code}`);
    this.code = code;
    this.place = place;
    this.values = values;
  }
}

export function emptyDraft(title: string | null = null): Draft {
  return { title, language: null, about: root([]), items: [], pictures: new Map(), notes: [] };
}

export function root(children: Root['children']): Root {
  return { type: 'root', children };
}

export function leftOut(thing: Thing, place: string, code: string, values: Note['values'] = {}): Note {
  return { outcome: 'left_out', thing, place, code, values };
}

export function changed(thing: Thing, place: string, code: string, values: Note['values'] = {}): Note {
  return { outcome: 'changed', thing, place, code, values };
}
