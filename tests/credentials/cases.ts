import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { project } from '../support/child.ts';

/** The test cases of others lie beside the project; where they are not, the tests that need them say so. */
const cases = join(project, '../shared/data/packages');

export function skipWithout(folder: string): { skip: string | false } {
  return { skip: existsSync(join(cases, folder)) ? false : `${folder} is not beside this project` };
}

export function readCase(path: string): string {
  return caseFile(path).toString();
}

export function caseFile(path: string): Buffer {
  return readFileSync(join(cases, path));
}

export function folderOfCases(folder: string): string {
  return join(cases, folder);
}

export function listCases(folder: string, ending: string): string[] {
  return readdirSync(join(cases, folder)).filter((name) => name.endsWith(ending));
}
