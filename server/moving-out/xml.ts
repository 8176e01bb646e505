/** Text as it stands in XML: what no document may hold is left out. */
export function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replace(/(?![\t\n])\p{Cc}|[\ufffe\uffff]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** An element; what stands in it is markup already. */
export function xml(name: string, attributes: Record<string, string | number>, ...inner: string[]): string {
  const own = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeXml(String(value))}"`);
  return inner.length === 0 ? `<${name}${own.join('')}/>` : `<${name}${own.join('')}>${inner.join('')}</${name}>`;
}

export const xmlHead = '<?xml version="1.0" encoding="UTF-8"?>\n';
