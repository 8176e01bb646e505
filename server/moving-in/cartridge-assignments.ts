import type { XmlElement } from '@rgrove/parse-xml';
import { cleanLine } from '../platform/text.ts';
import type { DraftAssignment } from './draft.ts';
import { attribute, element, elements, textAt } from './xml.ts';

type Rubric = DraftAssignment['rubric'];

/** The rubrics of Canvas by id, those alone that a package can have as they are. */
export function rubricsOf(source: XmlElement | null): Map<string, Rubric> {
  const found = elements(source, 'rubric').map((one) => [attribute(one, 'identifier'), rubricOf(one)] as const);
  return new Map(found.filter(([, rubric]) => isFit(rubric)));
}

function rubricOf(source: XmlElement): Rubric {
  return elements(element(source, 'criteria'), 'criterion').map((criterion) => ({
    criterion: wordsAt(criterion),
    levels: elements(element(criterion, 'ratings'), 'rating').map((rating) => ({
      points: Number(textAt(rating, 'points') || Number.NaN),
      text: wordsAt(rating),
    })),
  }));
}

function wordsAt(holder: XmlElement): string {
  const [short, long] = [textAt(holder, 'description'), textAt(holder, 'long_description').replace(/<[^>]*>/g, ' ')];
  return cleanLine([short, long].filter(Boolean).join(': '));
}

/** Whole points that say which level it is, words that are not too long. */
function isFit(rubric: Rubric): boolean {
  return (
    rubric.length > 0 &&
    rubric.length <= 12 &&
    rubric.every(({ criterion, levels }) => {
      const points = levels.map((level) => level.points);
      return (
        criterion !== '' &&
        criterion.length <= 120 &&
        levels.length >= 2 &&
        levels.length <= 6 &&
        new Set(points).size === points.length &&
        points.every((one) => Number.isInteger(one) && one >= 0 && one <= 100) &&
        levels.every(({ text }) => text !== '' && text.length <= 300)
      );
    })
  );
}

/** Which rubric an assignment names. */
export function rubricName(source: XmlElement | null): string {
  return textAt(source, 'rubric_identifierref') || textAt(source, 'extensions', 'assignment', 'rubric_identifierref');
}
