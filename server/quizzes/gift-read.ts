import type { TextFault } from '../courses/fault.ts';
import { type Answers, type GiftFaultCode, type ReadText, Refusal, readAnswers } from './gift-answers.ts';
import { type Block, hasOpenHint, readMarks, splitBlocks } from './gift-blocks.ts';
import { isCloze, readBlanks, takeBlanks } from './gift-cloze.ts';
import { isOrdering, readOrdering } from './gift-ordering.ts';
import { cut, divide, find, findAll, findLast, type Piece, readLine, readText, takeFormat } from './gift-text.ts';
import type { Question, TextFormat } from './question.ts';

export interface GiftFault extends TextFault {
  line: number;
  code: GiftFaultCode;
}

export interface GiftReading {
  questions: Question[];
  categories: string[];
  faults: GiftFault[];
}

/** Who has told so many need tell no more: the file is no GIFT. */
const mostFaults = 100;

/**
 * Reads GIFT as Moodle does (docs.moodle.org/en/GIFT_format), in linear time. It never throws: a question that cannot be
 * read is told, the first fault of each, and the others are read. Texts come out in NFC.
 *
 * Kinder than Moodle where nothing is lost by it: blank lines between the braces, a forgotten blank line before a title,
 * `true` in small letters, a weight after `=` in a choice, `%33,3%`, indentation kept in Markdown and HTML.
 */
export function readGift(source: string): GiftReading {
  const { places, categories } = readGiftPlaces(source);
  return {
    questions: places.flatMap(({ question }) => question ?? []),
    categories,
    faults: places.flatMap(({ fault }) => fault ?? []),
  };
}

/** What stands between two lines of a file: a question, or why it cannot be read. */
export interface GiftPlace {
  /** The first and the last line, comments included, from 1. */
  from: number;
  to: number;
  question?: Question;
  fault?: GiftFault;
}

/** The same, in the order of the file, each with its lines. */
export function readGiftPlaces(source: string): { places: GiftPlace[]; categories: string[] } {
  const { blocks, categories } = splitBlocks(cleanSource(source));
  const places: GiftPlace[] = [];
  let faults = 0;
  const lineOfKey = new Map<string, number>();
  for (const block of blocks) {
    const { from, to } = block;
    if (faults === mostFaults) {
      const line = block.numbers[0] ?? 1;
      places.push({ from, to, fault: { line, code: 'gift_too_many_faults', values: { most: mostFaults } } });
      break;
    }
    const place = { from, to, ...readOnce(block, lineOfKey) };
    if (place.fault) faults += 1;
    places.push(place);
  }
  return { places, categories };
}

/** A second question of one id is none. */
function readOnce(block: Block, lineOfKey: Map<string, number>): { question?: Question; fault?: GiftFault } {
  const reading = readBlock(block);
  const { key = null, line = 1 } = reading.question ?? {};
  if (key === null) return reading;
  const earlier = lineOfKey.get(key);
  if (earlier !== undefined) return { fault: { line, code: 'gift_same_id', values: { id: key, earlier } } };
  lineOfKey.set(key, line);
  return reading;
}

/**
 * UTF-8, UTF-16 with its mark, else windows-1252, which older Moodle files are in. A UTF-8 file with some broken bytes stays
 * UTF-8 with U+FFFD in their place, for the reader to tell, where windows-1252 would turn all its accents into nonsense.
 */
export function decodeText(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  const text = new TextDecoder().decode(bytes);
  const beyondAscii = text.replace(/\p{ASCII}+/gu, '');
  const isMostlyBroken = beyondAscii.replaceAll('\ufffd', '').length < beyondAscii.length / 2;
  return isMostlyBroken ? new TextDecoder('windows-1252').decode(bytes) : text;
}

/** Control characters have no meaning in a question, PostgreSQL refuses one of them and HTML most. */
function cleanSource(source: string): string {
  return source
    .toWellFormed()
    .replace(/^\ufeff/, '')
    .replace(/\r\n?/g, '\n')
    .replace(/(?![\t\n])\p{Cc}/gu, ' ');
}

function readBlock(block: Block): { question?: Question; fault?: GiftFault } {
  const source = block.lines.join('\n');
  try {
    return { question: readQuestion({ text: source, at: 0 }, block) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const line = block.numbers[source.slice(0, error.at).split('\n').length - 1] ?? 1;
    return { fault: { line, code: error.code, values: error.values } };
  }
}

function readQuestion(source: Piece, block: Block): Question {
  const broken = source.text.indexOf('\ufffd');
  if (broken >= 0) throw new Refusal('gift_broken_character', broken);
  if (hasOpenHint(block.comments)) throw new Refusal('gift_hint_open', 0);
  const { title, rest } = readTitle(source);
  if (isCloze(rest)) return readCloze(rest, title, block);
  const { before, body, after } = cutAnswers(rest);
  const { format, text } = takeFormat(before.text);
  const formats: Question['formats'] = {};
  const read = formatReader(format ?? 'moodle', formats);

  const [answersPart, generalPart] = body ? cutGeneralFeedback(body) : [null, null];
  const readOwn = answersPart && isOrdering(answersPart) ? readOrdering : readAnswers;
  const answers: Answers = answersPart ? readOwn(answersPart, read) : { type: 'description' };
  const common = commonOf(title, block, format, read(generalPart?.text ?? '', 'generalFeedback'), formats);
  const tail = readText(after.text, common.format);
  switch (answers.type) {
    case 'choice':
    case 'choices':
    case 'short': {
      if (tail === '') return { ...common, ...answers, text: readText(text, common.format), after: null };
      return { ...common, ...answers, ...readAroundBlank(text, after.text, common.format) };
    }
    default: {
      const whole = tail === '' ? text : `${text}_____${after.text}`;
      return { ...common, ...answers, text: readText(whole, common.format) };
    }
  }
}

function readCloze(source: Piece, title: string, block: Block): Question {
  const cloze = takeBlanks(source);
  const { format, text } = takeFormat(cloze.text);
  const formats: Question['formats'] = {};
  const read = formatReader(format ?? 'moodle', formats);
  const blanks = readBlanks(cloze.blanks, read);
  const general = read(cloze.general?.text ?? '', 'generalFeedback');
  const common = commonOf(title, block, format, general, formats);
  return { ...common, ...blanks, text: readText(text, common.format) };
}

/** @param formats filled by what has been read */
function commonOf(
  title: string,
  block: Block,
  format: TextFormat | null,
  generalFeedback: string,
  formats: NonNullable<Question['formats']>,
) {
  const { hints: marked, ...marks } = readMarks(block.comments);
  const hints = marked.map((hint, index) => readHint(hint, index, format ?? 'moodle', formats));
  return {
    ...marks,
    title: title === '' ? null : title,
    format: format ?? 'moodle',
    generalFeedback: generalFeedback === '' ? null : generalFeedback,
    ...(hints.length > 0 && { hints }),
    line: block.numbers[0] ?? 1,
    ...(Object.keys(formats).length > 0 && { formats }),
  };
}

function readTitle(source: Piece): { title: string; rest: Piece } {
  if (!source.text.trimStart().startsWith('::')) return { title: '', rest: source };
  const start = source.text.indexOf('::') + 2;
  const [title, rest] = divide(cut(source, start), '::');
  if (!rest) throw new Refusal('gift_title_open', source.at);
  return { title: readLine(title.text), rest };
}

/** Without braces all is text: a description. */
function cutAnswers(source: Piece): { before: Piece; body: Piece | null; after: Piece } {
  const [before, opened] = divide(source, '{');
  const early = find(before.text, '}');
  if (early >= 0) throw new Refusal('gift_no_opening_brace', before.at + early);
  if (!opened) return { before, body: null, after: { text: '', at: source.at } };
  const [body, after] = divide(opened, '}');
  const nested = find(body.text, '{');
  if (nested >= 0) throw new Refusal('gift_brace_in_answers', body.at + nested);
  if (!after) throw new Refusal('gift_no_closing_brace', opened.at - 1);
  const [second] = findAll(after.text, '{}');
  if (second !== undefined) throw new Refusal('gift_second_answers', after.at + second);
  return { before, body, after };
}

function cutGeneralFeedback(body: Piece): [Piece, Piece | null] {
  const at = findLast(body.text, '####');
  return at < 0 ? [body, null] : [cut(body, 0, at), cut(body, at + 4)];
}

/** Keeps in mind the formats that differ from the question's. */
function formatReader(format: TextFormat, formats: NonNullable<Question['formats']>): ReadText {
  return (source, place) => {
    const own = takeFormat(source);
    const text = readText(own.text, own.format ?? format);
    if (place && own.format && own.format !== format && text !== '') formats[place] = own.format;
    return text;
  };
}

/** Nothing but the signs of a comment is escaped in it. */
function readHint(
  source: string,
  index: number,
  format: TextFormat,
  formats: NonNullable<Question['formats']>,
): string {
  if (source.includes('\ufffd')) throw new Refusal('gift_broken_character', 0);
  const own = takeFormat(source);
  const text = own.text.trim();
  if (own.format && own.format !== format && text !== '') formats[`hints.${index}`] = own.format;
  return text;
}

function readAroundBlank(before: string, after: string, format: TextFormat): { text: string; after: string } {
  const text = readText(before, format);
  return {
    text: text !== '' && /\s$/.test(before) ? `${text} ` : text,
    after: (/^\s/.test(after) ? ' ' : '') + readText(after, format),
  };
}
