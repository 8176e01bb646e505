/**
 * How hard a text is to read. Vietnamese words are one or more syllables that are all written apart, so a syllable is what can be counted
 * without guessing, and the length of a sentence in syllables is what tells easy Vietnamese from hard. English has Flesch's measure.
 */

/** A colon or a semicolon ends a thought as a full stop does. */
export function sentencesOf(text: string): string[] {
  return text
    .split(/(?<=[.!?…:;])["”’)]*\s+/)
    .map((sentence) => sentence.trim())
    .filter((sentence) => wordsOf(sentence).length > 0);
}

export function wordsOf(text: string): string[] {
  return text.match(/[\p{L}\p{N}][\p{L}\p{M}\p{N}'’.,/-]*/gu) ?? [];
}

/** Mean syllables of a sentence. */
export function vietnameseEase(texts: string[]): number {
  const sentences = texts.flatMap(sentencesOf);
  const syllables = sentences.reduce((sum, sentence) => sum + wordsOf(sentence).length, 0);
  return syllables / Math.max(1, sentences.length);
}

/** Flesch, R. (1948), A new readability yardstick: 100 is very easy, 60 is plain, 30 is hard. */
export function englishEase(texts: string[]): number {
  const sentences = texts.flatMap(sentencesOf);
  const words = sentences.flatMap(wordsOf);
  const syllables = words.reduce((sum, word) => sum + englishSyllables(word), 0);
  const [perSentence, perWord] = [words.length / Math.max(1, sentences.length), syllables / Math.max(1, words.length)];
  return 206.835 - 1.015 * perSentence - 84.6 * perWord;
}

/** By groups of vowels, a silent e at the end left out: near enough over a lesson. */
function englishSyllables(word: string): number {
  const letters = word
    .toLowerCase()
    .normalize('NFD')
    .replace(/[^a-z]/g, '');
  const groups = letters.replace(/(?:[^laeiouy]es|[^td]ed|[^laeiouy]e)$/, (end) => end.slice(0, 1)).match(/[aeiouy]+/g);
  return Math.max(1, groups?.length ?? 1);
}
