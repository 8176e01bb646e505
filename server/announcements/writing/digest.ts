const mostOfOne = 160;

export interface Told {
  code: string;
  title: string;
  words: string;
}

/**
 * The week's announcements as a plain text to send into a chat: each with its beginning and a link of its own.
 * @param heading the first line
 */
export function digestOf(heading: string, announcements: Told[], publicUrl: URL): string {
  const parts = announcements.map(({ code, title, words }) => {
    const link = new URL(`/announcements/${code}`, publicUrl).href;
    return `• ${title}\n${beginningOf(words)}\n${link}`;
  });
  return [heading, ...parts].join('\n\n');
}

/** On one line, and not in the middle of a word. */
function beginningOf(words: string): string {
  const line = words.replace(/\s+/g, ' ');
  if (line.length <= mostOfOne) return line;
  const cut = line.slice(0, mostOfOne);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(' '), mostOfOne / 2)).trimEnd()}…`;
}
