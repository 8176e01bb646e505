import type { FastifyRequest } from 'fastify';
import { formats } from '../platform/i18n.ts';
import { withSavedData } from './picture-markup.ts';

/** What an author wrote, for this reader: to someone who saves data its pictures come as links that say their size. */
export function forReader({ saving, language, t }: FastifyRequest, html: string): string {
  if (!saving) return html;
  return withSavedData(html, (alt, bytes) => t('lessons.picture', { alt, size: formats[language].bytes(bytes) }));
}
