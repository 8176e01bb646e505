import type { FastifyReply } from 'fastify';
import { showDigitCode } from '../platform/digit-code.ts';
import { givenName } from '../platform/text.ts';
import { unprintable } from '../platform/typeface.ts';

/** What a learner keeps on paper or in a photograph. */
interface Card {
  full_name: string;
  learner_code: string;
  /** Only on the page that answers the form which made it: its hash alone is kept. */
  recovery_code: string | null;
}

interface CardPage {
  full_name: string;
  given_name: string;
  /** In groups of digits. */
  learner_code: string[];
  recovery_code: string[] | null;
  /** Where to sign in, as one types it. */
  site: string;
  /** Characters of the name that no certificate can show. */
  unprintable: string[];
  /** The phone or e-mail of a child, typed but not kept. */
  isContactDropped: boolean;
  next: string | null;
}

declare module '../platform/views.ts' {
  interface Views {
    'accounts/card': CardPage;
  }
}

export function sendCard(
  reply: FastifyReply,
  card: Card,
  { next = null, isContactDropped = false }: Partial<Pick<CardPage, 'next' | 'isContactDropped'>> = {},
): Promise<string> {
  reply.header('cache-control', 'no-store');
  const { full_name, learner_code, recovery_code } = card;
  return reply.page('accounts/card', {
    full_name,
    given_name: givenName(full_name),
    learner_code: groups(learner_code),
    recovery_code: recovery_code === null ? null : groups(recovery_code),
    site: reply.server.config.publicUrl.host,
    unprintable: unprintable(full_name),
    isContactDropped,
    next,
  });
}

function groups(code: string): string[] {
  return showDigitCode(code).split(' ');
}
