import type { Language } from '../../platform/i18n.ts';
import type { PrintedCourseCertificate } from '../printed.ts';
import { type Letterhead, printCourse } from '../printing.ts';
import type { Example } from './queries.ts';

/** Nobody, under a code whose check character is wrong: it is never given to anybody, and checking it says that it is mistyped. */
export const exampleCode = 'MAUMAUMAUMAUMA';
const holder = 'Nguyễn Thị Ánh Nguyệt';
const assessor = 'Trần Văn Bình';
/** A share of the points. */
const score = 0.92;

/** What would be printed today, made out to a person who does not exist. */
export function printExample(
  { has_quiz, has_sign_off, ...stated }: Example,
  letterhead: Letterhead,
  language: Language,
  publicUrl: URL,
): PrintedCourseCertificate {
  const achievement = {
    ...stated,
    full_name: holder,
    language,
    best: has_quiz ? [{ share: score }] : [],
    assessor: has_sign_off ? { name: assessor, role: 'mentor' as const, on: stated.issued_on } : null,
  };
  return printCourse(achievement, exampleCode, publicUrl, letterhead);
}
