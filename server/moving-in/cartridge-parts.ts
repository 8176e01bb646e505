import { isPicture } from './backup-files.ts';
import type { Manifest, Resource } from './cartridge-manifest.ts';

/** What a part of a cartridge is here. Any other has no counterpart, and this is what it is called. */
export type PartKind =
  | 'page'
  | 'picture'
  | 'file'
  | 'link'
  | 'assignment'
  | 'quiz'
  | 'bank'
  | 'syllabus'
  | 'nothing'
  | 'missing'
  | { foreign: string };

const foreign = new Map([
  ['imsdt', 'Discussion'],
  ['imsbasiclti', 'LTI'],
]);

/** @param dependencies of all parts */
export function kindOfPart(part: Resource, { resources }: Manifest, dependencies: Set<string>): PartKind {
  const { type, files } = part;
  if (part.variantOf !== null && resources.has(part.variantOf)) return 'nothing';
  if (/^imsqti_xmlv1p2.*question-bank/.test(type)) return 'bank';
  if (/^imsqti_xmlv1p2/.test(type)) return 'quiz';
  if (type.startsWith('imswl')) return 'link';
  if (type.startsWith('assignment')) return 'assignment';
  if (!/^(?:webcontent|associatedcontent)/.test(type))
    return { foreign: foreign.get(type.replace(/_.*$/, '')) ?? (type || '–') };
  const [first] = files;
  if (first === undefined) return type.startsWith('webcontent') ? 'missing' : 'nothing';
  if (files.some((path) => /assignment_settings\.xml$/.test(path))) return 'assignment';
  if (part.use === 'syllabus') return 'syllabus';
  if (files.every((path) => path.startsWith('course_settings/'))) return 'nothing';
  if (isPage(first)) return 'page';
  if (isPicture(first)) return 'picture';
  if (dependencies.has(part.id) && /\.xml$/i.test(first)) return 'nothing';
  return /\.qti$/i.test(first) ? 'bank' : 'file';
}

export function isPage(path: string): boolean {
  return /\.x?html?$/i.test(path);
}

/** What Canvas says of its own settings, the manifest, and what only says how files are written. */
export function isOfThePackage(path: string): boolean {
  return path === 'imsmanifest.xml' || path.startsWith('course_settings/') || /\.(?:xsd|dtd)$/i.test(path);
}
