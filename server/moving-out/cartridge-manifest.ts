import { escapeXml, xml, xmlHead } from './xml.ts';

export interface CartridgeResource {
  id: string;
  type: string;
  /** Quizzes have none. */
  href?: string;
  files: string[];
  dependencies: string[];
  use?: string;
}

interface Described {
  slug: string;
  language: string;
  title: string;
  summary: string;
  licence: string;
}

const namespaces = {
  xmlns: 'http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1',
  'xmlns:lom': 'http://ltsc.ieee.org/xsd/imsccv1p1/LOM/manifest',
};

/** What is in a cartridge, and in which order learners meet it. */
export function manifestOf(
  { slug, language, title, summary, licence }: Described,
  tree: { title: string; resource: string }[],
  resources: CartridgeResource[],
): string {
  const said = (name: string, words: string) =>
    xml(`lom:${name}`, {}, xml('lom:string', { language }, escapeXml(words)));
  const lom = xml(
    'lom:lom',
    {},
    xml(
      'lom:general',
      {},
      said('title', title),
      xml('lom:language', {}, escapeXml(language)),
      said('description', summary),
    ),
    xml(
      'lom:rights',
      {},
      xml('lom:copyrightAndOtherRestrictions', {}, xml('lom:value', {}, 'yes')),
      said('description', licence),
    ),
  );
  const schema = `${xml('schema', {}, 'IMS Common Cartridge')}${xml('schemaversion', {}, '1.1.0')}`;
  const items = tree.map((one) =>
    xml(
      'item',
      { identifier: `item-${one.resource}`, identifierref: one.resource },
      xml('title', {}, escapeXml(one.title)),
    ),
  );
  const organization = xml(
    'organization',
    { identifier: 'organization', structure: 'rooted-hierarchy' },
    xml('item', { identifier: 'root' }, `\n${items.join('\n')}\n`),
  );
  const listed = resources.map(({ id, type, href, files, dependencies, use }) =>
    xml(
      'resource',
      { identifier: id, type, ...(href !== undefined && { href }), ...(use !== undefined && { intendeduse: use }) },
      ...files.map((path) => xml('file', { href: path })),
      ...dependencies.map((one) => xml('dependency', { identifierref: one })),
    ),
  );
  return `${xmlHead}${xml(
    'manifest',
    { identifier: `course-${slug}-${language}`, ...namespaces },
    `\n${xml('metadata', {}, schema, lom)}\n`,
    `${xml('organizations', {}, organization)}\n`,
    `${xml('resources', {}, `\n${listed.join('\n')}\n`)}\n`,
  )}\n`;
}
