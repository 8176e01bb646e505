import { decoded } from './addresses.ts';

/** Where an address in a file leads, as a path from the root; null for one of the web, or one that leads out. */
export function resolvePath(from: string, address: string): string | null {
  if (/^(?:[a-z][a-z\d+.-]*:|\/\/|#)/i.test(address)) return null;
  const [path = ''] = address.split(/[?#]/, 1);
  const steps = path.startsWith('/') ? [] : from.split('/').slice(0, -1);
  for (const step of decoded(path).split('/')) {
    if (step === '..') {
      if (steps.pop() === undefined) return null;
    } else if (step !== '' && step !== '.') steps.push(step);
  }
  return steps.join('/');
}

export function folderOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
}
