import { wordsOf } from '../../../server/courses/reading-ease.ts';
import type { Course, Told } from './course.ts';
import { thresholds } from './thresholds.ts';

export function pictureFaults({ texts, pictures }: Course): Told[] {
  const alternatives = texts.flatMap(({ path, blocks }) =>
    blocks.flatMap(({ line, pictures: shown }) =>
      shown.flatMap(({ alt, source: address }) => {
        const drawing = pictures.find(({ path }) => `../${path}` === address)?.source ?? '';
        return [...alternativeFaults(alt, address), ...unsaidFaults(alt, drawing)].map((words) => ({
          path,
          line,
          words,
        }));
      }),
    ),
  );
  const sizes = pictures.flatMap(({ path, bytes, source }) =>
    [...weightFaults(bytes), ...letterFaults(source)].map((words) => ({ path, line: 1, words })),
  );
  return [...alternatives, ...sizes];
}

function alternativeFaults(alt: string, address: string): string[] {
  const name = address.split('/').at(-1)?.split('.')[0] ?? '';
  const isName =
    /^\S+\.(?:svg|png|jpe?g|webp|gif)$/i.test(alt.trim()) || alt.trim().toLowerCase() === name.toLowerCase();
  if (isName) return [`“${alt}” is the name of a file, not what one sees`];
  if (alt.length <= thresholds.alternativeText) return [];
  return [`an alternative text of ${alt.length} characters: at most ${thresholds.alternativeText}`];
}

/** Figures are left out: most number the parts of a picture, which a sentence does by its order. */
function unsaidFaults(alt: string, drawing: string): string[] {
  const drawn = [...drawing.matchAll(/<text\b[^>]*>(.*?)<\/text>/gs)].map(([, text = '']) => unescaped(text));
  const words = [...lowerWords(drawn.join(' '))].filter((word) => /\p{L}/u.test(word));
  const said = lowerWords(alt);
  const unsaid = words.filter((word) => !said.has(word));
  if (unsaid.length <= words.length * (1 - thresholds.drawnWordsSaid)) return [];
  return [`the alternative text leaves out most of the words drawn: ${unsaid.join(' ')}`];
}

function unescaped(text: string): string {
  const entities: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>' };
  return text.replace(/<[^>]*>/g, ' ').replace(/&(?:amp|lt|gt);/g, (entity) => entities[entity] ?? '');
}

function lowerWords(text: string): Set<string> {
  return new Set(wordsOf(text).map((word) => word.toLowerCase().replace(/[.,]$/, '')));
}

function weightFaults(bytes: number): string[] {
  return bytes > thresholds.pictureBytes ? [`${bytes} bytes: at most ${thresholds.pictureBytes}`] : [];
}

function letterFaults(drawing: string): string[] {
  const sizes = [...drawing.matchAll(/font-size[=:]\s*["']?([\d.]+)/g)].map(([, size]) => Number(size));
  const least = Math.min(...sizes, thresholds.letters);
  return least < thresholds.letters ? [`letters of ${least} units: at least ${thresholds.letters}`] : [];
}
