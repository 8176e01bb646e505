import type { FastifyRequest } from 'fastify';
import { queryText } from '../platform/forms.ts';
import { type Format, formats, type Translate } from '../platform/i18n.ts';

/** Which versions a page is about: one, or all (null). */
export interface Chosen {
  version: number | null;
  numbers: number[];
}

export function wordsFor({ t, language }: FastifyRequest): { t: Translate; format: Format } {
  return { t, format: formats[language] };
}

/** `?version=2`; one that does not exist is none. */
export function chosenOf(request: FastifyRequest, numbers: number[]): Chosen {
  const asked = queryText(request.query, 'version');
  return { numbers, version: numbers.find((number) => String(number) === asked) ?? null };
}

export function isChosen({ version }: Chosen, number: number): boolean {
  return version === null || version === number;
}
