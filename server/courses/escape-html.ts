const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** For text between tags and for attributes in double quotes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? '');
}

export function unescapeHtml(html: string): string {
  return html.replace(
    /&(?:amp|lt|gt|quot);/g,
    (entity) => Object.keys(entities).find((key) => entities[key] === entity) ?? '',
  );
}
