import Type from 'typebox';
import Schema from 'typebox/schema';
import { cleanLine } from '../platform/text.ts';
import type { TextFault } from './fault.ts';
import { formsOf, type Term } from './markdown-terms.ts';
import { readYaml, schemaFaults } from './yaml.ts';

export interface GlossaryEntry extends Term {
  line: number;
}

const Word = Type.String({ pattern: '\\S', maxLength: 80 });
const Glossary = Type.Array(
  Type.Object({
    term: Word,
    meaning: Type.String({ pattern: '\\S', maxLength: 400 }),
    forms: Type.Optional(Type.Array(Word, { maxItems: 20 })),
  }),
);
const mostTerms = 200;

/** Reads `glossary.yaml`: a list of terms and what they mean. */
export function readGlossary(source: string): { entries: GlossaryEntry[]; faults: TextFault[] } {
  const reading = readYaml(source, 1);
  const { value, lineOf } = reading;
  if (reading.faults.length > 0) return { entries: [], faults: reading.faults };
  if (!Array.isArray(value) || value.length === 0 || value.length > mostTerms) {
    return { entries: [], faults: [{ line: 1, code: 'glossary_no_list', values: { most: mostTerms } }] };
  }
  const faults = schemaFaults(Glossary, value, reading);
  if (faults.length > 0 || !Schema.Check(Glossary, value)) return { entries: [], faults };
  const entries = value.map(({ term, meaning, forms = [] }, index) => ({
    term: cleanLine(term),
    meaning: cleanLine(meaning),
    forms: forms.map(cleanLine),
    line: lineOf([index]),
  }));
  return { entries, faults: repeated(entries) };
}

/** A translation has as many terms as its original; which is which, their order says. */
export function pairGlossary(original: GlossaryEntry[], translation: GlossaryEntry[]): TextFault[] {
  if (original.length === translation.length) return [];
  const { line = 1 } = translation[original.length] ?? translation.at(-1) ?? {};
  const values = { original: original.length, translation: translation.length };
  return [{ line, code: 'glossary_count', values }];
}

function repeated(entries: GlossaryEntry[]): TextFault[] {
  const owners = new Map<string, GlossaryEntry>();
  return entries.flatMap((entry) =>
    [...new Set(formsOf(entry))].flatMap((form) => {
      const earlier = owners.get(form);
      owners.set(form, earlier ?? entry);
      if (earlier === undefined) return [];
      return [{ line: entry.line, code: 'glossary_repeated', values: { term: form, earlier: earlier.line } }];
    }),
  );
}
