import { randomUUID } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A mail as it goes out: headers and both parts are made by nodemailer. */
export interface OutgoingMail {
  /** The same each time it is tried, so that a mail sent twice is shown once. */
  id: string;
  from: string;
  to: { name: string; address: string };
  subject: string;
  text: string;
  html: string;
  headers: Record<string, string>;
}

/** @throws SendingError */
export type Send = (mail: OutgoingMail) => Promise<void>;

export class SendingError extends Error {
  /** `address`: there is no such address; `never`: no use to try again; `later`: for now. */
  readonly kind: 'address' | 'never' | 'later';

  constructor(kind: SendingError['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

/** @param url such as smtps://user:password@mail.example.org:465 */
export function smtpTransport(url: string): Send {
  const settings = {
    url,
    connectionTimeout: 20_000,
    greetingTimeout: 20_000,
    socketTimeout: 30_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  };
  return async (mail) => {
    const { createTransport } = await import('nodemailer');
    try {
      await createTransport(settings).sendMail(messageOf(mail));
    } catch (error) {
      throw judged(error as SmtpFailure);
    }
  };
}

/** Without a mail server each mail is a file that a mail program opens. It holds names and links that open accounts. */
export function folderTransport(folder: string): Send {
  return async (mail) => {
    const { createTransport } = await import('nodemailer');
    const transport = createTransport({ streamTransport: true, buffer: true, newline: 'unix' });
    const { message } = await transport.sendMail(messageOf(mail));
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const path = join(folder, `${mail.id}.eml`);
    const written = `${path}.${randomUUID()}`;
    await writeFile(written, message as Buffer, { mode: 0o600 });
    await rename(written, path);
  };
}

function messageOf({ id, from, ...mail }: OutgoingMail) {
  const host = from.slice(from.lastIndexOf('@') + 1).replace('>', '');
  return { ...mail, from, messageId: `<${id}@${host}>`, textEncoding: 'quoted-printable' as const };
}

interface SmtpFailure extends Error {
  code?: string;
  command?: string;
  responseCode?: number;
}

/** By RFC 5321: 5xx is for ever, 4xx for now. Of the former only an answer to the recipient speaks of the address. */
function judged({ message, code, command, responseCode = 0 }: SmtpFailure): SendingError {
  // The server's own words may quote the address: they are not kept.
  const said = [code, command, responseCode || null].filter(Boolean).join(' ') || message;
  if (responseCode < 500 || code === 'EAUTH') return new SendingError('later', said);
  return new SendingError(command === 'RCPT TO' ? 'address' : 'never', said);
}
