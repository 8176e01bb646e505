/** Where craft ends and a fault begins, each with its reason. Lengths are in characters where nothing else is said. */
export const thresholds = {
  /** What is shorter, such as the tour of the site, is no course whose lessons have every part. */
  hoursOfAnIntroduction: 1,
  /** A lesson is read in one sitting, on a phone: below it says too little to be printed alone, above it is two lessons. */
  words: { least: 400, most: 900 },
  /** What is not asked about soon is soon forgotten. */
  lessonsInARow: 3,
  /** Syllables of a Vietnamese sentence: 14 are said in one breath; 40 must be read twice. */
  vietnamese: { mean: 14, longest: 40 },
  /** Flesch: from 70 fairly easy, as for readers of 12; many here read English as their second language. In words the longest. */
  english: { ease: 70, longest: 40 },
  /** Read aloud in half a minute; what needs more words than that is a text beside the picture. */
  alternativeText: 450,
  /** Of the words drawn in a picture, those that its alternative text says too: whoever only hears it learns the same. */
  drawnWordsSaid: 0.5,
  /** Units of an SVG that is 640 wide: on the narrowest phone 18 are 8 px, and smaller letters run together. */
  letters: 18,
  /** Two to a lesson still load in a breath on 3G, and the source stays a drawing, not a photograph. */
  pictureBytes: 25_000,
  /** Only where lengths differ by more than a glance does a longer answer give itself away. */
  options: { mostTimesTheOthers: 1.6, leastDifference: 20 },
  /** Whoever always picks the longest must not pass: the least that a final quiz asks for is 70 per cent. */
  shareOfLongestRight: 0.6,
  /** Whoever always picks one place must fail, in a quiz and over a course; few questions prove nothing. */
  positions: { leastQuestions: 6, mostShare: 0.4 },
  /** Nor may “true” or “false” be the safe guess over a course. */
  truefalse: { leastQuestions: 3, mostShare: 0.75 },
  /** Fewer explain too little of a course's own words. */
  leastTerms: 12,
  /** What a course ends with must ask about all of it, and in more than one way. */
  final: { questions: 15, types: 5 },
  /** Words that make an answer known: so many that stand in few other questions, and nearly all of them in one neighbour. */
  neighbours: { leastWords: 3, mostQuestions: 2, share: 0.75 },
} as const;
