import { type HTMLElement, parse as parseHtml, valid } from 'node-html-parser';

export type { HTMLElement } from 'node-html-parser';

/** What a person meets, by the role that a screen reader tells: the selector of the elements that have it of themselves. */
const roles = {
  alert: '',
  article: 'article',
  banner: 'header',
  button: 'button, input[type=submit]',
  cell: 'td',
  checkbox: 'input[type=checkbox]',
  columnheader: 'thead th',
  combobox: 'select',
  contentinfo: 'footer',
  form: 'form',
  group: 'fieldset, details',
  heading: 'h1, h2, h3, h4, h5, h6',
  img: 'img',
  link: 'a[href]',
  list: 'ul, ol',
  listitem: 'li',
  main: 'main',
  navigation: 'nav',
  option: 'option',
  progressbar: 'progress',
  radio: 'input[type=radio]',
  row: 'tr',
  rowheader: 'tbody th',
  searchbox: 'input[type=search]',
  spinbutton: 'input[type=number]',
  status: 'output',
  table: 'table',
  textbox: 'textarea, input:not([type]), input[type=text], input[type=email], input[type=tel], input[type=password]',
};
export type Role = keyof typeof roles;

export function parse(html: string): HTMLElement {
  // The parser is no browser: around an element left open it silently loses others.
  if (!valid(html)) throw new Error(`An element is not closed in ${html}`);
  // By default it takes what is inside `pre` and `noscript` as text.
  return parseHtml(html, { blockTextElements: { script: true, style: true } });
}

/** The one element of this role whose name holds the text. */
export function byRole(root: HTMLElement, role: Role, name: string | RegExp = ''): HTMLElement {
  const found = allByRole(root, role, name);
  if (found.length === 1 && found[0]) return found[0];
  const names = allByRole(root, role).map((element) => `“${nameOf(element)}”`);
  throw new Error(`${found.length} elements are ${role} “${name}”. Here are: ${names.join(', ') || 'none'}`);
}

export function allByRole(root: HTMLElement, role: Role, name: string | RegExp = ''): HTMLElement[] {
  const implicit =
    roles[role] === '' ? [] : root.querySelectorAll(roles[role]).filter((one) => !one.hasAttribute('role'));
  const elements = [...implicit, ...root.querySelectorAll(`[role=${role}]`)];
  return elements.filter((element) => fits(nameOf(element), name));
}

/** What a reader can see of it, with single spaces. */
export function textOf(element: HTMLElement): string {
  const copy = parse(element.outerHTML);
  for (const unseen of copy.querySelectorAll('script, style, template, [hidden]')) unseen.remove();
  return copy.text.replace(/\s+/g, ' ').trim();
}

/** The name that a screen reader tells. */
export function nameOf(element: HTMLElement): string {
  const labelledBy = element.getAttribute('aria-labelledby');
  if (labelledBy)
    return labelledBy
      .split(' ')
      .map((id) => textOf(byId(element, id)))
      .join(' ');
  const own = element.getAttribute('aria-label') ?? element.getAttribute('alt');
  if (own !== undefined) return own;
  if (element.matches('input, select, textarea')) return labelOf(element);
  const caption = element.matches('fieldset, table') ? element.querySelector('legend, caption') : null;
  return textOf(caption ?? element);
}

function labelOf(control: HTMLElement): string {
  if (control.getAttribute('type') === 'submit') return control.getAttribute('value') ?? '';
  const label = control.closest('label') ?? (control.id && top(control).querySelector(`label[for="${control.id}"]`));
  return label ? textOf(label) : '';
}

function byId(element: HTMLElement, id: string): HTMLElement {
  const found = top(element).getElementById(id);
  if (!found) throw new Error(`No element has the id “${id}”`);
  return found;
}

function top(element: HTMLElement): HTMLElement {
  let root = element;
  while (root.parentNode) root = root.parentNode;
  return root;
}

function fits(text: string, wanted: string | RegExp): boolean {
  return typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text);
}

export type Fields = [name: string, value: string][];

/** What a browser would send of the form as it stands, without its buttons. */
export function formFields(form: HTMLElement): Fields {
  return controlsOf(form, 'input, select, textarea').flatMap((control) =>
    valuesOf(control).map((value): [string, string] => [control.getAttribute('name') ?? '', value]),
  );
}

/** Enabled controls of the form that have a name, also those elsewhere on the page that point to it by `form`. */
export function controlsOf(form: HTMLElement, selector: string): HTMLElement[] {
  const inside = form.querySelectorAll(selector).filter((control) => !control.hasAttribute('form'));
  const outside = form.id ? top(form).querySelectorAll(`[form="${form.id}"]`) : [];
  return [...inside, ...outside.filter((control) => control.matches(selector))].filter(
    (control) => control.hasAttribute('name') && !control.closest('[disabled]'),
  );
}

function valuesOf(control: HTMLElement): string[] {
  switch (control.matches('input') ? control.getAttribute('type') : control.localName) {
    case 'submit':
      return [];
    case 'checkbox':
    case 'radio':
      return control.hasAttribute('checked') ? [control.getAttribute('value') ?? 'on'] : [];
    case 'select':
      return chosenOptions(control).map((option) => option.getAttribute('value') ?? textOf(option));
    case 'textarea':
      return [control.text.replace(/^\n/, '')];
    default:
      return [control.getAttribute('value') ?? ''];
  }
}

function chosenOptions(select: HTMLElement): HTMLElement[] {
  const options = select.querySelectorAll('option');
  const selected = options.filter((option) => option.hasAttribute('selected'));
  return selected.length > 0 || select.hasAttribute('multiple') ? selected : options.slice(0, 1);
}
