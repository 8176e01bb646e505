import type { Client, Page } from '../support/client.ts';
import { byRole } from '../support/html.ts';

export interface Wanted {
  certificates?: boolean;
  transcript?: boolean;
  scores?: boolean;
  full_name?: boolean;
  days?: string;
  name?: string;
}

/** Sends the form as somebody who ticks just this. @returns the answer */
export async function share(person: Client, wanted: Wanted = {}): Promise<Page> {
  const { certificates = true, transcript = false, scores = false, full_name = false, days = '30' } = wanted;
  const form = await person.get('/learning/shared/new');
  const ids = form.html.querySelectorAll('input[name=certificate]').map((box) => box.getAttribute('value') ?? '');
  const ticked = (isOn: boolean) => (isOn ? 'yes' : null);
  const boxes = form.html.querySelector('input[name=transcript]')
    ? { transcript: ticked(transcript), scores: ticked(scores), full_name: ticked(full_name) }
    : {};
  return person.submit(form, {
    form: '/learning/shared',
    fields: { name: wanted.name ?? 'Xin việc', certificate: certificates ? ids : null, days, ...boxes },
  });
}

/** @returns the address of a new link */
export async function sharedBy(person: Client, wanted: Wanted = {}): Promise<string> {
  return String((await share(person, wanted)).headers.location);
}

export async function withdraw(person: Client): Promise<Page> {
  const list = await person.get('/learning/shared');
  byRole(list.html, 'button', 'Rút liên kết này');
  return person.submit(list);
}
