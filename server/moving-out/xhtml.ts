import type { Element, Nodes, Root } from 'hast';
import { fromHtml } from 'hast-util-from-html';
import { escapeXml, xml } from './xml.ts';

/** Where the addresses of a page lead in a book. */
export interface BookPlaces {
  /** null: only its words stay. */
  link(address: string): string | null;
  /** By the address of the copy that every reader can show; null: its words stand in its place. */
  picture(address: string): string | null;
}

/** What this program made out of an author's text, as XHTML. Attributes that only a browser on this site knows are left out. */
export function toXhtml(html: string, places: BookPlaces): string {
  return written(fromHtml(html, { fragment: true }), places);
}

const empty = new Set(['br', 'hr', 'img']);
const kept = ['id', 'className', 'start', 'scope', 'width', 'height', 'alt'];

function written(node: Nodes, places: BookPlaces): string {
  if (node.type === 'text') return escapeXml(node.value);
  if (node.type === 'root') return inner(node, places);
  if (node.type !== 'element') return '';
  if (node.tagName === 'picture') return picture(node, places);
  if (node.tagName === 'source') return '';
  const attributes = attributesOf(node);
  if (node.tagName === 'a' && typeof node.properties.href === 'string') {
    const href = places.link(node.properties.href);
    if (href === null) return xml('span', attributes, inner(node, places));
    return xml('a', { ...attributes, href }, inner(node, places));
  }
  return empty.has(node.tagName) ? xml(node.tagName, attributes) : xml(node.tagName, attributes, inner(node, places));
}

function picture(node: Element, places: BookPlaces): string {
  const image = node.children.find((child) => child.type === 'element' && child.tagName === 'img');
  if (image?.type !== 'element') return '';
  const attributes = attributesOf(image);
  const src = places.picture(String(node.properties.dataImage ?? ''));
  return src === null ? escapeXml(String(attributes.alt ?? '')) : xml('img', { ...attributes, src });
}

function attributesOf({ properties }: Element): Record<string, string> {
  return Object.fromEntries(
    kept.flatMap((name) => {
      const value = properties[name];
      if (value === undefined || value === null) return [];
      return [[name === 'className' ? 'class' : name, Array.isArray(value) ? value.join(' ') : String(value)]];
    }),
  );
}

function inner({ children }: Root | Element, places: BookPlaces): string {
  return children.map((child) => written(child, places)).join('');
}
