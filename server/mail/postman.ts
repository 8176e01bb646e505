import { fileURLToPath } from 'node:url';
import { Eta } from 'eta';
import type { Kysely } from 'kysely';
import { getSiteSecret } from '../accounts/queries.ts';
import type { Config } from '../config.ts';
import type { Database } from '../database/connection.ts';
import { isLanguage, translators } from '../platform/i18n.ts';
import { type Letter, writeLetter } from './letters.ts';
import { type Mail, recordFailure, recordRefusedAddress, recordSent, takeMail } from './queries.ts';
import { type OutgoingMail, type Send, SendingError } from './transport.ts';

const views = new Eta({ views: fileURLToPath(new URL('../../views', import.meta.url)), cache: true });

/** Minutes until the next try: soon, then ever later, for three days in all. */
const delays = [1, 5, 15, 60, 4 * 60, 12 * 60, 24 * 60, 24 * 60];

export interface Postman {
  /** Said after a mail was queued, and by the clock each minute. Nobody waits for it. */
  wake(): void;
  close(): Promise<void>;
}

/** @param report told of what should not happen: a database that is away, a letter that cannot be written */
export function createPostman(
  parts: { db: Kysely<Database>; config: Config; send: Send },
  report: (error: unknown) => void,
): Postman {
  let round: Promise<void> | null = null;
  let isAwaited = false;
  let isClosed = false;

  function wake(): void {
    if (isClosed) return;
    if (round !== null) {
      isAwaited = true;
      return;
    }
    round = sendDueMails(parts)
      .catch(report)
      .finally(() => {
        round = null;
        if (isAwaited) wake();
      });
    isAwaited = false;
  }

  return {
    wake,
    async close() {
      isClosed = true;
      await round;
    },
  };
}

/** For commands and tests that send no mail. */
export const idlePostman: Postman = { wake: () => {}, close: async () => {} };

/** Any number of processes may do so at once: each takes other mails. */
export async function sendDueMails(
  { db, config, send }: { db: Kysely<Database>; config: Config; send: Send },
  now = () => new Date(),
): Promise<void> {
  const siteSecret = await getSiteSecret(db);
  for (;;) {
    const mail = await takeMail(db, now());
    if (mail === undefined) return;
    if (mail.email === null || mail.email_refused_at !== null) {
      await recordFailure(db, mail, 'no address', null, now());
      continue;
    }
    if (mail.letter === 'announcement' && mail.announcement === null) {
      await recordFailure(db, mail, 'not to be told any more', null, now());
      continue;
    }
    try {
      await send(outgoing(mail, mail.email, config, siteSecret, now()));
      await recordSent(db, mail, now());
    } catch (error) {
      await giveWayTo(error, db, mail, now());
    }
  }
}

async function giveWayTo(error: unknown, db: Kysely<Database>, mail: Mail, now: Date): Promise<void> {
  if (!(error instanceof SendingError)) throw error;
  if (error.kind === 'address') await recordRefusedAddress(db, mail, now);
  const minutes = error.kind === 'later' ? delays[mail.tries - 1] : undefined;
  const again = minutes === undefined ? null : new Date(now.getTime() + minutes * 60_000);
  await recordFailure(db, mail, error.message, again, now);
}

function outgoing(mail: Mail, address: string, config: Config, siteSecret: Uint8Array, now: Date): OutgoingMail {
  const language = isLanguage(mail.language) ? mail.language : 'vi';
  const t = translators[language];
  const letter = writeLetter(mail, { t, siteSecret, now });
  const addressOf = ({ path }: { path: string }) => new URL(path, config.publicUrl).href;
  const url = letter.action && addressOf(letter.action);
  const wayOut = letter.wayOut ? { text: letter.wayOut.text, url: addressOf(letter.wayOut) } : null;
  const sender = t('mail.sender', { site: config.publicUrl.host });
  return {
    id: mail.id,
    from: config.mailFrom,
    to: { name: mail.full_name, address },
    subject: letter.subject,
    text: inPlainText(letter, url, wayOut, sender),
    html: views.render('/mail/letter', { language, letter, url, wayOut, sender }),
    // RFC 3834: no out-of-office answer to this.
    headers: {
      'Auto-Submitted': 'auto-generated',
      'Content-Language': language,
      ...(wayOut ? { 'List-Unsubscribe': `<${wayOut.url}>` } : {}),
    },
  };
}

function inPlainText(
  { paragraphs, action }: Letter,
  url: string | null,
  wayOut: { text: string; url: string } | null,
  sender: string,
): string {
  const link = action && url ? [`${action.text}:\n${url}`] : [];
  const out = wayOut ? [`${wayOut.text}:\n${wayOut.url}`] : [];
  return `${[...paragraphs, ...link, `-- \n${sender}`, ...out].join('\n\n')}\n`;
}
