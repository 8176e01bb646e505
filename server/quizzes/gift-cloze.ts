import { type Answers, filled, orNull, type ReadText, Refusal, readAnswer, readRange } from './gift-answers.ts';
import { cut, find, findAll, type Piece, readLine } from './gift-text.ts';
import { type Blank, blankSign } from './question.ts';

// GIFT has no word for a text with several blanks. Moodle writes them into the text as embedded answers (docs.moodle.org: Embedded Answers
// (Cloze) question type), and so do we, with the escapes of GIFT: `{2:SHORTANSWER:=Hà Nội#Đúng.~%50%Thăng Long}`. No other braces of GIFT
// begin with a number, a colon and such a word. What is said to everybody stands in braces of its own at the end: `{####…}`.

const kinds = new Map<string, Blank['kind']>([
  ...['SHORTANSWER', 'SHORTANSWER_C', 'SA', 'SAC', 'MW', 'MWC'].map((word) => [word, 'short'] as const),
  ...['NUMERICAL', 'NM'].map((word) => [word, 'number'] as const),
  ...['', '_S', '_V', '_H', '_VS', '_HS'].map((how) => [`MULTICHOICE${how}`, 'select'] as const),
  ...['', 'S', 'V', 'H', 'VS', 'HS'].map((how) => [`MC${how}`, 'select'] as const),
]);

const blankStart = /^\s*(\d{0,3}):([A-Z_]{2,16}):/;
/** Blanks in which several things are ticked: nobody reads them here. */
const ticked = /^(?:MULTIRESPONSE|MR)(?:_?H?S?)$/;

const mostAnswers = 100;
const mostBlanks = 50;
const mostShare = 100;

/** How Moodle calls a blank. */
export const nameOfKind: Record<Blank['kind'], string> = {
  short: 'SHORTANSWER',
  number: 'NUMERICAL',
  select: 'MULTICHOICE',
};

/** By the word that Moodle has for it; null where it has none. */
export function kindOfBlank(word: string): Blank['kind'] | 'ticked' | null {
  return kinds.get(word) ?? (ticked.test(word) ? 'ticked' : null);
}

/** Do the first braces hold a blank? */
export function isCloze({ text }: Piece): boolean {
  const at = find(text, '{');
  const [, , word = ''] = (at < 0 ? null : blankStart.exec(text.slice(at + 1, at + 40))) ?? [];
  return kindOfBlank(word) !== null;
}

interface ClozeSource {
  /** with a sign for each blank */
  text: string;
  blanks: Piece[];
  general: Piece | null;
}

/** Takes the braces out of the text. */
export function takeBlanks(source: Piece): ClozeSource {
  const blanks: Piece[] = [];
  let [text, general, from]: [string, Piece | null, number] = ['', null, 0];
  let open = -1;
  for (const at of findAll(source.text, '{}')) {
    const isOpening = source.text[at] === '{';
    if (isOpening && open >= 0) throw new Refusal('gift_brace_in_answers', source.at + at);
    if (!isOpening && open < 0) throw new Refusal('gift_no_opening_brace', source.at + at);
    if (isOpening) {
      if (general !== null) throw new Refusal('gift_second_answers', source.at + at);
      text += outside(source.text.slice(from, at));
      open = at;
      continue;
    }
    const body = cut(source, open + 1, at);
    if (blankStart.test(body.text)) {
      blanks.push(body);
      text += blankSign;
    } else {
      const mark = body.text.indexOf('####');
      if (body.text.slice(0, mark).trim() !== '' || mark < 0) throw new Refusal('gift_second_answers', body.at);
      general = cut(body, mark + 4);
    }
    [open, from] = [-1, at + 1];
  }
  if (open >= 0) throw new Refusal('gift_no_closing_brace', source.at + open);
  const rest = outside(source.text.slice(from));
  if (general !== null && rest.trim() !== '') throw new Refusal('gift_second_answers', source.at + from);
  if (blanks.length > mostBlanks) throw new Refusal('gift_too_many_answers', source.at, { most: mostBlanks });
  return { text: text + rest, blanks, general };
}

export function readBlanks(blanks: Piece[], read: ReadText): Extract<Answers, { type: 'cloze' }> {
  return { type: 'cloze', blanks: blanks.map((piece, number) => readBlank(piece, number, read)) };
}

function readBlank(piece: Piece, number: number, read: ReadText): Blank {
  const [head = '', digits = '', word = ''] = blankStart.exec(piece.text) ?? [];
  const kind = kinds.get(word);
  if (!kind) throw new Refusal('gift_unknown_type', piece.at);
  // Nothing and 0 are 1, as in Moodle.
  const share = Number(digits) || 1;
  if (share > mostShare) throw new Refusal('gift_share', piece.at, { share, most: mostShare });
  const answers = splitAlternatives(cut(piece, head.length)).map((answer, index) => {
    const { weight, text, feedback } = readAnswer(answer);
    const note = orNull(read(feedback, `blanks.${number}.answers.${index}.feedback`));
    return { answer, text, weight: weight ?? (answer.mark === '=' ? 100 : 0), feedback: note };
  });
  if (kind === 'number')
    return {
      ...{ kind, share },
      answers: answers.map(({ answer, text, ...rest }) => ({ ...readRange(text, answer), ...rest })),
    };
  return {
    ...{ kind, share },
    answers: answers.map(({ answer, text, ...rest }) => ({
      text: filled(kind === 'select' ? readLine(text) : read(text, null), answer),
      ...rest,
    })),
  };
}

/** A `~` divides them, and may stand before the first; `=` marks what is right. */
function splitAlternatives(body: Piece) {
  const marks = [...findAll(body.text, '~')];
  if (marks.length >= mostAnswers) throw new Refusal('gift_too_many_answers', body.at, { most: mostAnswers });
  const starts = [-1, ...marks];
  const all = starts.map((start, index) => cut(body, start + 1, marks[index]));
  const [first] = all;
  const pieces = first?.text.trim() === '' && all.length > 1 ? all.slice(1) : all;
  return pieces.map((piece) => {
    const gap = piece.text.length - piece.text.trimStart().length;
    const isRight = piece.text[gap] === '=';
    return { mark: isRight ? '=' : '~', ...cut(piece, isRight ? gap + 1 : 0) };
  });
}

/** The sign itself means a blank alone. */
function outside(text: string): string {
  return text.replaceAll(blankSign, '');
}
