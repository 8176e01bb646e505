import type { Client, Page } from '../support/client.ts';
import { task } from './work.ts';

/** Where an upload begins. */
export const home = `${task}/uploads`;
export const tus = { 'tus-resumable': '1.0.0' };
export const offset = (at: number) => ({
  ...tus,
  'content-type': 'application/offset+octet-stream',
  'upload-offset': String(at),
});

/** @returns its address */
export async function begun(person: Client, bytes: number, metadata = '', at = home): Promise<string> {
  const headers = {
    ...tus,
    'upload-length': String(bytes),
    ...(metadata === '' ? {} : { 'upload-metadata': metadata }),
  };
  const answer = await person.ask('POST', at, headers);
  if (answer.status !== 201) throw new Error(`not begun: ${answer.status} ${answer.body}`);
  return String(answer.headers.location);
}

export async function sendPart(person: Client, address: string, at: number, bytes: Buffer): Promise<Page> {
  return person.ask('PATCH', address, offset(at), bytes);
}

export async function offsetOf(person: Client, address: string): Promise<string> {
  return String((await person.ask('HEAD', address, tus)).headers['upload-offset']);
}

/** A whole file. @returns its address */
export async function sent(person: Client, bytes: Buffer, name: string, at = home): Promise<string> {
  const address = await begun(person, bytes.length, `filename ${Buffer.from(name).toString('base64')}`, at);
  const answer = await sendPart(person, address, 0, bytes);
  if (answer.status !== 204) throw new Error(`not sent: ${answer.status} ${answer.body}`);
  return address;
}
