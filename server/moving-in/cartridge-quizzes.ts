import type { Root } from 'mdast';
import { changed, type DraftItem, type DraftQuestion, leftOut, type Note } from './draft.ts';
import type { QtiSet } from './qti.ts';
import { itemsOf } from './sets.ts';

interface Quiz {
  id: string;
  section: string | null;
  title: string;
  place: string;
  /** the same quiz, as the standard has it and as Canvas has it */
  sets: (QtiSet | null)[];
  intro: Root;
}

/** Quizzes and banks of one cartridge. A bank keeps a copy of what quizzes ask: that comes once. */
export class CartridgeQuizzes {
  readonly #notes: Note[];
  readonly #banks: QtiSet[] = [];
  readonly #asked = new Set<string>();
  readonly #byName = new Map<string, DraftQuestion>();

  constructor(notes: Note[]) {
    this.#notes = notes;
  }

  addBank(bank: QtiSet | null, path: string): void {
    if (bank === null) {
      this.#notes.push(leftOut('file', path, 'file', { name: path }));
      return;
    }
    for (const note of bank.notes) this.#notes.push(note);
    this.#banks.push(bank);
    for (const { question } of bank.slots)
      if (question !== null) this.#byName.set(question.question.key ?? '', question);
  }

  itemsFor({ sets, intro, title, place, ...common }: Quiz): DraftItem[] {
    // Canvas knows more kinds than the standard, which leaves out what it has no word for.
    const [fullest] = sets
      .filter((set) => set !== null)
      .reverse()
      .sort((one, other) => other.slots.length - one.slots.length);
    const named = title || fullest?.title || common.id;
    const here = fullest?.path ?? place;
    for (const note of fullest?.notes ?? []) this.#notes.push(note);
    const questions = (fullest?.slots ?? []).flatMap(({ name, question }) => {
      const found = question ?? this.#byName.get(name) ?? null;
      if (found === null && name !== '')
        this.#notes.push(
          leftOut('question', here, 'bank_item_missing', { type: 'bankentry_item', title: named, name }),
        );
      return found === null ? [] : [found];
    });
    for (const { question } of questions) this.#asked.add(same(question));
    const items = itemsOf({ ...common, title: named, place: here, questions }, this.#notes);
    if (items.length === 0) this.#notes.push(leftOut('quiz', here, 'quiz_without_questions', { title: named }));
    const isSaid = intro.children.length > 0 && items.length > 0;
    const first: DraftItem = {
      kind: 'lesson',
      ...common,
      id: `${common.id} intro`,
      title: named,
      place: here,
      body: intro,
    };
    return isSaid ? [first, ...items] : items;
  }

  /** What no quiz asks. */
  bankItems(): DraftItem[] {
    return this.#banks.flatMap(({ id, title, path, slots }) => {
      const all = slots.flatMap(({ question }) => (question === null ? [] : [question]));
      const questions = all.filter(({ question }) => !this.#asked.has(same(question)));
      const count = all.length - questions.length;
      const named = title || id;
      if (count > 0) this.#notes.push(changed('quiz', path, 'bank_asked', { title: named, count }));
      return itemsOf({ id: `bank ${id} ${path}`, section: null, title: named, place: path, questions }, this.#notes);
    });
  }
}

function same(question: DraftQuestion['question']): string {
  return JSON.stringify({ ...question, key: null, title: null, line: 0 });
}
