/** What somebody can do on a phone in everyday life, from the first steps on. Their words are messages: `mentoring.can_<ability>`. */
export const abilities = [
  'call',
  'photo',
  'letters',
  'search',
  'news',
  'scam',
  'secret',
  'pay',
  'service',
  'doctor',
] as const;
export type Ability = (typeof abilities)[number];

/** In the order of the list, each once; what is not on it is left out. */
export function abilitiesIn(ticked: readonly string[]): Ability[] {
  return abilities.filter((ability) => ticked.includes(ability));
}
