import { type GlossaryEntry, pairGlossary, readGlossary } from './glossary.ts';
import type { OpenGlossary, Term } from './markdown-terms.ts';
import { type ByLanguage, type Desk, inEachLanguage, isThere, takeText, tell, wordsIn } from './package-desk.ts';

/** Those of a course, while its lessons are read. */
export type Glossaries = ByLanguage<Omit<OpenGlossary, 'terms'> & { terms: GlossaryEntry[] }>;

/** The glossary may be left out, but not in one language alone. */
export function readGlossaries(desk: Desk): Glossaries {
  const pathIn = (language: string) => `${language}/glossary.yaml`;
  const withGlossary = desk.outline.languages.find((language) => isThere(desk, pathIn(language)));
  if (withGlossary === undefined) return {};
  const glossaries = inEachLanguage(desk, (language): Glossaries[string] | null => {
    const path = pathIn(language);
    if (!isThere(desk, path)) {
      tell(desk, path, { line: null, code: 'translation_missing', values: { other: pathIn(withGlossary) } });
    }
    const source = takeText(desk, path);
    if (source === null) return null;
    const { entries, faults } = readGlossary(source);
    for (const fault of faults) tell(desk, path, fault);
    return faults.length > 0 ? null : { ...openGlossary(desk, language), terms: entries };
  });
  const [first = '', ...others] = desk.outline.languages;
  for (const language of others) {
    const [original, translation] = [glossaries[first], glossaries[language]];
    if (!original || !translation) continue;
    for (const fault of pairGlossary(original.terms, translation.terms)) tell(desk, pathIn(language), fault);
  }
  return glossaries;
}

function openGlossary({ source }: Desk, language: string): Omit<OpenGlossary, 'terms'> {
  const t = wordsIn(language);
  return {
    shown: new Set(),
    address: `/courses/${source.name}/glossary`,
    words: {
      title: t('package.glossary_title'),
      back: t('package.glossary_back'),
      all: t('package.glossary_all'),
    },
  };
}

export function termsOf(glossaries: Glossaries): ByLanguage<Term[]> {
  const entries = Object.entries(glossaries).map(([language, { terms }]) => [
    language,
    terms.map(({ line: _, ...term }) => term),
  ]);
  return Object.fromEntries(entries);
}

/** Once all lessons have been looked at: in one that is missing the term may stand. */
export function tellTermsWithoutLesson(desk: Desk, glossaries: Glossaries): void {
  for (const [language, { terms, shown }] of Object.entries(glossaries)) {
    const lessons = desk.outline.items.filter(({ kind }) => kind === 'lesson');
    if (!lessons.every(({ key }) => desk.places.has(`${language}/${key}.md`))) continue;
    terms.forEach(({ term, line }, position) => {
      if (shown.has(position)) return;
      tell(desk, `${language}/glossary.yaml`, { line, code: 'glossary_term_unused', values: { term } });
    });
  }
}
