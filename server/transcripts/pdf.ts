import { showCode } from '../certificates/code.ts';
import { dateOnPaper } from '../certificates/printed.ts';
import { type Block, blocks, type Column, type Style } from '../paper/columns.ts';
import { closeDocument, openDocument, page } from '../paper/document.ts';
import { colours, firefly } from '../paper/drawing.ts';
import { type Area, placeFlow } from '../paper/flow.ts';
import { type Document, drawColumn, drawPlaced, drawQr, writeLine } from '../paper/writing.ts';
import { formats, type Language, type Translate } from '../platform/i18n.ts';
import { printable, typefaces } from '../platform/typeface.ts';
import type { CourseUnderWay, FinishedCourse, Mentored, NamedCertificate, Transcript } from './transcript.ts';

/** Where it can be checked, until when, and the codes of what has been revoked since. */
export interface Checking {
  url: string;
  /** YYYY-MM-DD */
  until: string;
  revoked: string[];
}

const edge = 56;
const qr = { x: page.width - edge - 92, y: 66, side: 92 };
const head: Column = { align: 'left', x: edge, width: 360, top: 56, bottom: 172, anchor: 'top' };
const check: Column = {
  align: 'right',
  x: page.width - edge,
  width: page.width - 2 * edge,
  top: 172,
  bottom: 200,
  anchor: 'top',
};
const list: Area = { x: edge, width: page.width - 2 * edge, firstTop: 206, top: 56, bottom: page.height - 76 };
const footBaseline = page.height - 44;

/** As many A4 pages as there is to state, for any printer. The same facts give the same bytes. */
export async function drawTranscript(
  transcript: Transcript,
  checking: Checking,
  words: Record<Language, Translate>,
): Promise<Uint8Array> {
  const { language, madeOn } = transcript;
  const t = words[language];
  const { doc, root } = openDocument(t('transcripts.title'), language, { date: madeOn });
  const pages = placeFlow(groupsOf(transcript, checking, t), list);
  for (const [index, placed] of pages.entries()) {
    doc.addPage();
    if (index === 0) {
      drawMark(doc);
      drawColumn(doc, root, head, headOf(transcript, t));
      const alt = t('certificates.paper_qr', { url: checking.url });
      root.add(doc.struct('Figure', { alt }, () => drawQr(doc, checking.url, qr)));
      drawColumn(doc, root, check, checkOf(transcript, checking, t), checking.url);
    }
    drawPlaced(doc, root, placed);
    drawFoot(doc, t('transcripts.page', { page: index + 1, pages: pages.length }), checking);
  }
  return closeDocument(doc, root);
}

function drawMark(doc: Document): void {
  doc.markContent('Artifact', { type: 'Layout' });
  doc.save().translate(edge, 24).scale(0.9);
  for (const { path, fill } of firefly) doc.path(path).fill(fill);
  doc.restore();
  doc.endMarkedContent();
}

/** On every page, so that a single sheet can be checked too. */
function drawFoot(doc: Document, pageOf: string, { url }: Checking): void {
  const text = `${pageOf} · ${addressOf(url)}`;
  doc.markContent('Artifact', { type: 'Pagination' });
  doc
    .moveTo(edge, footBaseline - 14)
    .lineTo(page.width - edge, footBaseline - 14)
    .lineWidth(0.5)
    .stroke(colours.frame);
  const size = Math.min(8, (page.width - 2 * edge) / typefaces.regular.widthOf(text, 1));
  writeLine(doc, { weight: 'regular', colour: soft }, size, { text, x: edge, baseline: footBaseline });
  doc.endMarkedContent();
}

function headOf({ holder, madeOn, hours, finished, language, trial }: Transcript, t: Translate): Block[] {
  const line = (text: string, style: Style, role?: Block['role']) => blocks([{ language, text }], style, style, role);
  const name = printable(holder) === '' ? t('certificates.paper_holder_elsewhere') : holder;
  return [
    ...(trial ? line(t('certificates.paper_trial_why'), styles.warning) : []),
    ...line(t('transcripts.title'), styles.title, 'H1'),
    ...line(name, styles.holder),
    ...line(t('transcripts.made_on', { date: dateOnPaper(madeOn, language) }), styles.fact),
    ...line(
      t('transcripts.total', { courses: finished.length, duration: formats[language].hours(hours) }),
      styles.fact,
    ),
  ];
}

function checkOf({ language }: Transcript, { url, until }: Checking, t: Translate): Block[] {
  const words = t('transcripts.check', { date: dateOnPaper(until, language) });
  return [
    ...blocks([{ language, text: words }], styles.check),
    ...blocks([{ language, text: addressOf(url) }], styles.address, styles.address, 'Link'),
  ];
}

function groupsOf(transcript: Transcript, { revoked }: Checking, t: Translate): Block[][] {
  const { language, finished, underWay, paths, mentoring = [] } = transcript;
  const line = (text: string, style: Style) => blocks([{ language, text }], style);
  const titled = (titles: Record<string, string>) => blocks([titleIn(titles, language)], styles.course);
  const section = (key: string) => blocks([{ language, text: t(key) }], styles.section, styles.section, 'H2');
  const certified = ({ code, provider, isShown, validUntil }: NamedCertificate) => {
    if (revoked.includes(code)) return line(t('transcripts.certificate_revoked'), styles.warning);
    const until = validUntil && t('transcripts.valid_until', { date: dateOnPaper(validUntil, language) });
    return [
      ...line(t('transcripts.issued_by', { provider }), styles.fact),
      ...(isShown ? line(t('transcripts.certificate', { code: showCode(code) }), styles.fact) : []),
      ...(until ? line(until, styles.fact) : []),
    ];
  };
  const results = ({ quizzes }: FinishedCourse | CourseUnderWay) =>
    quizzes.flatMap(({ titles, score }) =>
      line(
        t('transcripts.quiz', { title: titleIn(titles, language).text, score: formats[language].percent(score) }),
        styles.fact,
      ),
    );
  return [
    section('transcripts.finished'),
    ...(finished.length === 0 ? [line(t('transcripts.none_finished'), styles.fact)] : []),
    ...finished.map((course) => [
      ...titled(course.titles),
      ...line(factsOf(course, language, t), styles.fact),
      ...results(course),
      ...(course.certificate ? certified(course.certificate) : []),
    ]),
    ...(paths.length > 0 ? [section('transcripts.paths')] : []),
    ...paths.map(({ titles, issuedOn, certificate }) => [
      ...titled(titles),
      ...line(t('transcripts.finished_on', { date: dateOnPaper(issuedOn, language) }), styles.fact),
      ...certified(certificate),
    ]),
    ...(mentoring.length > 0 ? [section('transcripts.mentoring')] : []),
    ...mentoring.map((cohort) => [
      ...titled(cohort.titles),
      ...line(mentoredOf(cohort, language, t), styles.fact),
      ...certified(cohort.certificate),
    ]),
    ...(underWay.length > 0 ? [section('transcripts.under_way')] : []),
    ...underWay.map((course) => [
      ...titled(course.titles),
      ...line(
        t('transcripts.standing', {
          date: dateOnPaper(course.beganOn, language),
          done: course.done,
          total: course.total,
        }),
        styles.fact,
      ),
      ...results(course),
    ]),
  ];
}

function factsOf({ beganOn, finishedOn, hours, version }: FinishedCourse, language: Language, t: Translate): string {
  return t('transcripts.facts', {
    from: dateOnPaper(beganOn, language),
    until: dateOnPaper(finishedOn, language),
    duration: formats[language].hours(hours),
    version: String(version),
  });
}

function mentoredOf({ from, until, hours, mentees }: Mentored, language: Language, t: Translate): string {
  return t('transcripts.mentored', {
    from: dateOnPaper(from, language),
    until: dateOnPaper(until, language),
    duration: formats[language].hours(hours),
    mentees,
  });
}

/** In the language of the paper, else in one that it has. */
function titleIn(titles: Record<string, string>, language: string) {
  const [own, text] = Object.entries(titles).find(([tag]) => tag === language) ?? Object.entries(titles)[0] ?? [];
  return { language: own ?? language, text: text ?? '' };
}

function addressOf(url: string): string {
  return url.replace(/^https?:\/\//, '');
}

const { ink, soft } = colours;
const styles = {
  warning: { weight: 'semibold', colour: ink, size: 9.5, wrapBelow: 9.5, least: 8, height: 36, gap: 1 },
  title: { weight: 'semibold', colour: ink, size: 20, wrapBelow: 16, least: 12, height: 50, gap: 6 },
  holder: { weight: 'semibold', colour: ink, size: 16, wrapBelow: 13, least: 8, height: 40, gap: 4 },
  section: { weight: 'semibold', colour: ink, size: 13, wrapBelow: 12, least: 10, height: 34, gap: 16 },
  course: { weight: 'semibold', colour: ink, size: 11, wrapBelow: 11, least: 8, height: 42, gap: 9 },
  fact: { weight: 'regular', colour: ink, size: 10, wrapBelow: 10, least: 8, height: 40, gap: 1 },
  check: { weight: 'regular', colour: soft, size: 8.5, wrapBelow: 8, least: 7, height: 11, gap: 0 },
  address: { weight: 'semibold', colour: ink, size: 8.5, wrapBelow: 5, least: 5, height: 12, gap: 0 },
} as const satisfies Record<string, Style>;
