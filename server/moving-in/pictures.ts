import type { Draft } from './draft.ts';
import type { Dropped, Owner } from './dropped.ts';
import type { Surroundings } from './fitting.ts';
import { freeKey } from './keys.ts';
import { most } from './limits.ts';

/** Paths of pictures, given when one is first asked for: what no text shows does not come. */
export function picturesOf(draft: Draft, dropped: Dropped, files: Map<string, Buffer>, written: Map<string, Owner>) {
  const paths = new Map<string, string>();
  const taken = new Set<string>();
  return (name: string, tell: Surroundings['tell']): string | null => {
    const picture = draft.pictures.get(name);
    const known = paths.get(name);
    if (known !== undefined) return known;
    if (picture === undefined) return null;
    const because = dropped.pictures.get(name);
    const ending = endingOf(picture.content);
    if (because || ending === null || paths.size >= most.pictures) {
      tell(ending === null ? 'picture_kind' : because ? 'picture_faulty' : 'too_many_pictures', {
        picture: name,
        most: most.pictures,
      });
      return null;
    }
    const base = name.slice(name.lastIndexOf('/') + 1).replace(/\.[^.]*$/, '');
    const path = `images/${freeKey(base, taken, `picture-${paths.size + 1}`)}.${ending}`;
    paths.set(name, `../${path}`);
    files.set(path, bufferOf(picture.content));
    written.set(path, { list: 'pictures', id: name });
    return `../${path}`;
  };
}

const buffers = new WeakMap<Uint8Array, Buffer>();

/** The same for the same bytes, so that a picture is drawn once. */
function bufferOf(content: Uint8Array): Buffer {
  const buffer = buffers.get(content) ?? Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  buffers.set(content, buffer);
  return buffer;
}

/** By what is in it: names lie. */
export function endingOf(content: Uint8Array): string | null {
  const start = Buffer.from(content.subarray(0, 512)).toString('latin1');
  if (start.startsWith('\u0089PNG')) return 'png';
  if (start.startsWith('\u00ff\u00d8\u00ff')) return 'jpg';
  if (start.startsWith('GIF8')) return 'gif';
  if (start.startsWith('RIFF') && start.slice(8, 12) === 'WEBP') return 'webp';
  return /<svg[\s>]/i.test(start) ? 'svg' : null;
}
