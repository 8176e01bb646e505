import { decoded, itemAddress, pictureAddress } from './addresses.ts';
import { isPicture } from './backup-files.ts';
import { resolvePath } from './paths.ts';

export interface CartridgePlaces {
  files: Map<string, Buffer>;
  /** the id of the item that a part of the package, or a path in it, becomes */
  itemOf(name: string): string | null;
  /** the path of the first file of a part */
  pathOf(id: string): string | null;
}

const addresses = /(\s(?:src|href|data)\s*=\s*)("[^"]*"|'[^']*')/gi;

/** Puts pictures and items in the place of a package's own addresses. */
export function relinked(html: string, from: string, places: CartridgePlaces): string {
  return html.replace(addresses, (all, attribute: string, quoted: string) => {
    const found = addressOf(quoted.slice(1, -1).replaceAll('&amp;', '&'), from, places);
    return found === null ? all : `${attribute}"${found}"`;
  });
}

/** null: it stays as it is. */
function addressOf(written: string, from: string, places: CartridgePlaces): string | null {
  const [plain = ''] = decoded(written).split(/[?#]/, 1);
  const [, page] = /^\$WIKI_REFERENCE\$\/(?:pages|wiki)\/(.+)$/i.exec(plain) ?? [];
  if (page !== undefined) {
    const found = places.itemOf(`wiki_content/${page}.html`) ?? places.itemOf(page);
    return item(found) ?? pictureAddress(plain);
  }
  const [, id] = /^\$CANVAS_(?:OBJECT|COURSE)_REFERENCE\$\/\w+\/([\w-]+)$/i.exec(plain) ?? [];
  if (id !== undefined) {
    const path = places.pathOf(id);
    return path !== null && isPicture(path) ? pictureAddress(path) : (item(places.itemOf(id)) ?? pictureAddress(plain));
  }
  const [, below] = /^\$IMS[-_]CC[-_]FILEBASE\$\/?(.*)$/i.exec(plain) ?? [];
  const name = below ?? plain;
  if (below === undefined && resolvePath(from, name) === null) return null;
  const path = fileAt(name, from, places.files);
  if (path === null) return name === '' ? null : pictureAddress(name);
  return item(places.itemOf(path)) ?? pictureAddress(path);
}

/** Canvas counts from its own folder, others from where the text lies, or from the top. */
function fileAt(name: string, from: string, files: Map<string, Buffer>): string | null {
  const wanted = [`web_resources/${name}`, resolved(from, name), resolved('', name)];
  return wanted.find((path) => path !== null && files.has(path)) ?? null;
}

function resolved(from: string, name: string): string | null {
  return resolvePath(from, name.replaceAll('%', '%25'));
}

function item(id: string | null): string | null {
  return id === null ? null : itemAddress(id);
}
