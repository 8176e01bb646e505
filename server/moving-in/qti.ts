import type { XmlElement } from '@rgrove/parse-xml';
import { changed, type DraftQuestion, leftOut, type Note } from './draft.ts';
import { readItem } from './qti-item.ts';
import { fieldOf } from './qti-rules.ts';
import { attribute, element, elements, everyElement, linesOf, nameOf, textAt } from './xml.ts';

/** One place of a quiz or a bank: a question, or the name of one that lies in a bank. */
export interface Slot {
  /** in a bank; '' for what stands here itself */
  name: string;
  question: DraftQuestion | null;
}

export interface QtiSet {
  id: string;
  title: string;
  path: string;
  isBank: boolean;
  slots: Slot[];
  notes: Note[];
}

/** A quiz or a bank of QTI 1.2; null where the file holds neither. */
export function readQti(
  source: XmlElement,
  content: Buffer,
  path: string,
  relink: (html: string) => string,
): QtiSet | null {
  const lineOf = linesOf(content);
  const holder = element(source, 'assessment') ?? element(source, 'objectbank');
  if (nameOf(source) !== 'questestinterop' || holder === null) return null;
  const notes: Note[] = [];
  const title = attribute(holder, 'title').trim() || fieldOf(element(holder, 'qtimetadata'), 'bank_title');
  const slotsIn = (section: XmlElement): Slot[] =>
    elements(section).flatMap((child): Slot[] => {
      switch (nameOf(child)) {
        case 'section':
          tellChoice(child, path, notes);
          return slotsIn(child);
        case 'item': {
          const line = lineOf(child);
          const question = readItem(child, line, `${path}:${line}`, relink, notes);
          return [{ name: '', question }];
        }
        case 'bankentry_item':
          return [{ name: attribute(child, 'item_ref'), question: null }];
        default:
          return [];
      }
    });
  const isBank = nameOf(holder) === 'objectbank';
  return { id: attribute(holder, 'ident'), title, path, isBank, slots: slotsIn(holder), notes };
}

/** A group of which only some are asked, or one that draws from a bank. */
function tellChoice(section: XmlElement, path: string, notes: Note[]): void {
  const selection = element(section, 'selection_ordering', 'selection');
  if (selection === null) return;
  const title = attribute(section, 'title');
  const all = elements(section, 'item').length;
  const count = Number(textAt(selection, 'selection_number'));
  if (all === 0 && !everyElement(selection, 'sourcebank_ref').next().done)
    notes.push(leftOut('activity', path, 'random_slot', { title }));
  else if (count > 0 && count < all) notes.push(changed('quiz', path, 'group_whole', { title, count, all }));
}
