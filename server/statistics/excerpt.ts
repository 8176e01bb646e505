const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", nbsp: ' ' };

/** The beginning of a text that we have rendered, as plain words. */
export function excerpt(html: string, longest = 90): string {
  const words = html
    .replace(/<[^>]*>/g, ' ')
    .replace(/&(amp|lt|gt|quot|#39|nbsp);/g, (_, name: string) => entities[name] ?? '')
    .replace(/\s+/g, ' ')
    .trim();
  // By letters, so that none is cut in half.
  const letters = [...new Intl.Segmenter().segment(words)].map(({ segment }) => segment);
  return letters.length <= longest ? words : `${letters.slice(0, longest).join('').trimEnd()}…`;
}
