/** How the texts of a draft name what comes along: safe in an attribute of HTML and in a link of Markdown. */
export function pictureAddress(name: string): string {
  return `picture:${encoded(name)}`;
}

export function itemAddress(id: string): string {
  return `item:${encoded(id)}`;
}

/** What an address names; null for one of another kind. */
export function named(kind: 'picture' | 'item', address: string): string | null {
  if (!address.startsWith(`${kind}:`)) return null;
  const [name = ''] = address.slice(kind.length + 1).split('#', 1);
  return decoded(name);
}

/** What another program wrote percent-encoded, as it is. */
export function decoded(address: string): string {
  try {
    return decodeURIComponent(address).normalize('NFC');
  } catch {
    return address.normalize('NFC');
  }
}

function encoded(name: string): string {
  return encodeURIComponent(name.normalize('NFC').toWellFormed()).replace(
    /['()*!]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16)}`,
  );
}
