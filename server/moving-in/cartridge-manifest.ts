import type { XmlElement } from '@rgrove/parse-xml';
import { decoded } from './addresses.ts';
import { attribute, element, elements, everyElement, textAt } from './xml.ts';

/** What the manifest of a package lists: parts that lie in the archive, and the tree in which learners meet them. */
export interface Manifest {
  schema: string;
  title: string | null;
  language: string | null;
  about: string;
  resources: Map<string, Resource>;
  entries: Entry[];
  /** paths that it names and the archive has not */
  missing: string[];
}

export interface Resource {
  id: string;
  type: string;
  use: string;
  /** that the archive has, the one that is opened first at the head */
  files: string[];
  dependencies: string[];
  /** the part that this one stands for where a system does not know it */
  variantOf: string | null;
}

export interface Entry {
  title: string;
  resource: string;
  section: string | null;
}

export function readManifest(source: XmlElement, files: Map<string, Buffer>): Manifest {
  const general = element(source, 'metadata', 'lom', 'general');
  const list = element(source, 'resources');
  const missing = new Set<string>();
  const resources = elements(list, 'resource').map((one): Resource => {
    const base = attribute(list, 'base') + attribute(one, 'base');
    const hrefs = [attribute(one, 'href'), ...elements(one, 'file').map((file) => attribute(file, 'href'))];
    const found = hrefs.filter(Boolean).flatMap((href): string[] => {
      const path = pathOf(base + href, files);
      if (path === null) missing.add(href);
      return path === null ? [] : [path];
    });
    return {
      id: attribute(one, 'identifier'),
      type: attribute(one, 'type').toLowerCase(),
      use: attribute(one, 'intendeduse').toLowerCase(),
      files: [...new Set(found)],
      dependencies: elements(one, 'dependency').map((dependency) => attribute(dependency, 'identifierref')),
      variantOf: attribute(element(one, 'variant'), 'identifierref') || null,
    };
  });
  const [organization] = elements(element(source, 'organizations'), 'organization');
  return {
    schema: textAt(source, 'metadata', 'schema'),
    title: wordsOf(element(general, 'title')) || null,
    language: textAt(general, 'language') || null,
    about: wordsOf(element(general, 'description')),
    resources: new Map(resources.map((one) => [one.id, one])),
    entries: entriesOf(elements(organization, 'item'), null),
    missing: [...missing],
  };
}

/** Names are written as they are, or as in an address. */
function pathOf(href: string, files: Map<string, Buffer>): string | null {
  const own = href.replace(/^(?:\.?\/)+/, '');
  return [own.normalize('NFC'), decoded(own)].find((path) => files.has(path)) ?? null;
}

/** In each language it may have a string of its own. */
function wordsOf(holder: XmlElement | null): string {
  return (elements(holder)[0]?.text ?? '').trim();
}

/** A folder is a part of the course. What has neither content nor items is a heading over those that follow. */
function entriesOf(items: XmlElement[], section: string | null): Entry[] {
  let below = section;
  return items.flatMap((item): Entry[] => {
    const title = textAt(item, 'title');
    const resource = attribute(item, 'identifierref');
    const children = elements(item, 'item');
    const isHeading = resource === '' && children.length === 0;
    if (isHeading && title !== '') below = joined(section, title);
    const own =
      resource === '' ? [] : [{ title, resource, section: children.length > 0 ? joined(below, title) : below }];
    return [...own, ...entriesOf(children, joined(below, title))];
  });
}

function joined(section: string | null, title: string): string | null {
  if (title === '') return section;
  return section === null ? title : `${section} › ${title}`;
}

/** Which kind of package has such a manifest; null for a cartridge. */
export function foreignKind(source: XmlElement, { schema, resources }: Manifest): string | null {
  const types = [...resources.values()].map(({ type }) => type);
  if (Array.from(everyElement(source, 'resource')).some((one) => attribute(one, 'scormtype') !== '')) return 'SCORM';
  if (/scorm/i.test(schema)) return 'SCORM';
  if (/common cartridge/i.test(schema)) return null;
  if (/qti/i.test(schema) || types.some((type) => type.startsWith('imsqti'))) return 'QTI';
  return 'IMS Content Packaging';
}
