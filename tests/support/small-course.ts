import type { Files } from '../courses/folder.ts';

interface QuizRules {
  pass?: number;
  /** null: no limit. */
  attempts?: number | null;
  shuffle?: boolean;
}

/** The settings of the course: two lessons to read, one quiz to pass, and one for practice that counts for nothing. */
export function courseYaml({ pass = 60, attempts = 3, shuffle = true }: QuizRules = {}): string {
  const limit = attempts === null ? '' : `attempts: ${attempts}, `;
  return `format: 1
id: small
topic: internet
level: basic
hours: 1.5
languages: [vi, en]
provider: domdom
licence: CC-BY-4.0
skills: [tt02-2025:1.1]
completion: { lessons: all, quizzes: [final] }
items:
  - { key: first, kind: lesson, minutes: 5 }
  - { key: second, kind: lesson, minutes: 5 }
  - { key: practice, kind: quiz, minutes: 2, pass: 50, shuffle: false }
  - { key: final, kind: quiz, minutes: 6, pass: ${pass}, ${limit}shuffle: ${shuffle} }
`;
}

/** A question of every type. “Phản hồi-” and “Note-” stand in feedback alone, so that a test can look for what has leaked. */
const finalVi = `$CATEGORY: Cuối khoá

// [id:one] [tag:lesson:first]
::Chọn một::[markdown]Một cộng một là mấy?{
=Hai#Phản hồi-đúng-một.
~Ba#Phản hồi-sai-một.
~Bốn#Phản hồi-khác-một.
####Phản hồi-chung-một.
}

// [id:several] [tag:lesson:first]
::Chọn nhiều::[markdown]Những số nào chẵn?{
~%50%Số 2#Phản hồi-đúng-nhiều.
~%50%Số 4
~%-50%Số 5#Phản hồi-sai-nhiều.
~%-50%Số 7
}

// [id:true] [tag:lesson:second]
::Đúng hay sai::[markdown]Trái đất phẳng.{FALSE#Phản hồi-sai-đất.#Phản hồi-đúng-đất.}

// [id:word] [tag:lesson:second]
::Gõ chữ::[markdown]Thủ đô của Việt Nam tên là gì?{
=Hà Nội#Phản hồi-đúng-chữ.
=%50%Thăng Long#Phản hồi-nửa-chữ.
}

// [id:number] [tag:lesson:second]
::Gõ số::[markdown]Một nửa của năm là bao nhiêu?{#
=2.5:0.1#Phản hồi-đúng-số.
=%50%2:0#Phản hồi-nửa-số.
}

// [id:pairs] [tag:lesson:first]
::Ghép::[markdown]Ghép con vật với tiếng kêu.{
=Mèo -> meo meo
=Chó -> gâu gâu
=Gà -> ò ó o
= -> ụt ịt
####Phản hồi-chung-ghép.
}

// [id:blank] [tag:lesson:first]
::Điền chỗ trống::[markdown]Đom đóm phát ra {
=ánh sáng#Phản hồi-đúng-trống.
~âm thanh#Phản hồi-sai-trống.
} trong đêm.
`;

const finalEn = `$CATEGORY: The end

// [id:one] [tag:lesson:first]
::Pick one::[markdown]How much is one and one?{
=Two#Note-right-one.
~Three#Note-wrong-one.
~Four#Note-other-one.
####Note-for-all-one.
}

// [id:several] [tag:lesson:first]
::Pick several::[markdown]Which numbers are even?{
~%50%The number 2#Note-right-several.
~%50%The number 4
~%-50%The number 5#Note-wrong-several.
~%-50%The number 7
}

// [id:true] [tag:lesson:second]
::True or false::[markdown]The earth is flat.{FALSE#Note-wrong-earth.#Note-right-earth.}

// [id:word] [tag:lesson:second]
::Type a word::[markdown]What is the capital of Viet Nam?{
=Ha Noi#Note-right-word.
=%50%Thang Long#Note-half-word.
}

// [id:number] [tag:lesson:second]
::Type a number::[markdown]What is half of five?{#
=2.5:0.1#Note-right-number.
=%50%2:0#Note-half-number.
}

// [id:pairs] [tag:lesson:first]
::Pair::[markdown]Pair animals and sounds.{
=Cat -> miaow
=Dog -> woof
=Rooster -> cock-a-doodle-doo
= -> oink
####Note-for-all-pairs.
}

// [id:blank] [tag:lesson:first]
::Fill in::[markdown]Fireflies give off {
=light#Note-right-blank.
~sound#Note-wrong-blank.
} at night.
`;

const practice = (category: string, question: string, right: string, wrong: string) => `$CATEGORY: ${category}

// [id:p1] [tag:lesson:first]
::1::[markdown]${question}{TRUE#${wrong}#${right}}

// [id:p2]
::2::[markdown]${question} (2){TRUE}
`;

/** A course in two languages whose final quiz has a question of every type. */
export const smallCourse: Files = {
  'course.yaml': courseYaml(),
  'vi/second.md': '# Bài hai\n\nBốn năm sáu.\n',
  'en/second.md': '# Second lesson\n\nFour five six.\n',
  'vi/final.gift': finalVi,
  'en/final.gift': finalEn,
  'vi/practice.gift': practice('Luyện tập', 'Nước thì ướt.', 'Phản hồi-đúng-nước.', 'Phản hồi-sai-nước.'),
  'en/practice.gift': practice('Practice', 'Water is wet.', 'Note-right-water.', 'Note-wrong-water.'),
};

/** By words of a question: the words of an option, those of several, what is typed, what goes with each line; null takes it back. */
export type Answers = Record<string, string | string[] | Record<string, string> | null>;

/** What scores everything in its final quiz, in Vietnamese. */
export const rightAnswers: Answers = {
  'Một cộng một': 'Hai',
  'Những số nào chẵn': ['Số 2', 'Số 4'],
  'Trái đất phẳng': 'Sai',
  'Thủ đô của Việt Nam': 'Hà Nội',
  'Một nửa của năm': '2,5',
  'Ghép con vật': { Mèo: 'meo meo', Chó: 'gâu gâu', Gà: 'ò ó o' },
  'Đom đóm phát ra': 'ánh sáng',
};
