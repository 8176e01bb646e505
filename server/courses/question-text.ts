import { mapTexts, type Question, type TextFormat } from '../quizzes/question.ts';
import { escapeHtml } from './escape-html.ts';
import type { TextFault } from './fault.ts';
import { type MarkdownOptions, type RenderedMarkdown, renderInline, renderMarkdown } from './markdown.ts';
import { sanitiseForeign, sanitiseForeignInline } from './sanitise.ts';

export interface RenderedQuestion extends Pick<RenderedMarkdown, 'anchors' | 'faults'> {
  question: Question;
}

/** The question with its texts as html. What is wrong in them is told at the question's first line. */
export function renderQuestion(question: Question, options: MarkdownOptions): RenderedQuestion {
  const { line } = question;
  const faults: TextFault[] = [];
  const anchors: RenderedMarkdown['anchors'] = [];
  const tell = (code: string) => faults.push({ line, code, values: {} });
  const rendered = mapTexts(question, (text, where, format) => {
    if (format !== 'markdown') {
      if (format !== 'plain' && /<img\b/i.test(text)) tell('question_html_image');
      return where === 'inline' ? foreignInline(text, format) : foreignBlock(text, format);
    }
    if (where === 'inline') return renderInline(text).html;
    const markdown = renderMarkdown(text, options);
    // A page of questions has its own order of headings.
    if (markdown.places.size > 0) tell('question_heading');
    anchors.push(...markdown.anchors.map((anchor) => ({ ...anchor, line })));
    faults.push(
      ...markdown.faults.filter(({ code }) => !code.startsWith('heading')).map((fault) => ({ ...fault, line })),
    );
    return markdown.html;
  });
  return { question: rendered, anchors, faults };
}

type Foreign = Exclude<TextFormat, 'markdown'>;

function foreignInline(text: string, format: Foreign): string {
  return format === 'plain' ? escapeHtml(text) : sanitiseForeignInline(text);
}

function foreignBlock(text: string, format: Foreign): string {
  const hasBlocks = /<(?:p|div|ul|ol|table|pre|blockquote|h[1-6])\b/i.test(text);
  if (format === 'html' || (format === 'moodle' && hasBlocks)) return sanitiseForeign(text);
  return paragraphs(format === 'plain' ? escapeHtml(text) : sanitiseForeign(text));
}

function paragraphs(html: string): string {
  return html
    .split(/\n\s*\n/)
    .map((paragraph) => `<p>${paragraph.trim().replaceAll('\n', '<br>')}</p>`)
    .join('\n');
}
