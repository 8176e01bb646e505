import { courseYaml, type smallCourse } from '../support/small-course.ts';

const asked = (title: string, prefix: string) => `$CATEGORY: ${title}

// [id:${prefix}1]
::1::[markdown]Đom đóm có cánh.{TRUE#Phản hồi-cánh.}

// [id:${prefix}2]
::2::[markdown]Đom đóm kêu to.{FALSE}
`;

/** The small course with a test before its lessons and one after them, whose final quiz is not required. */
export function tested(change: (yaml: string) => string = (yaml) => yaml): typeof smallCourse {
  const yaml = courseYaml()
    .replace(
      'items:\n',
      'items:\n  - { key: before, kind: quiz, minutes: 4, pass: 50, shuffle: false, role: pre-test }\n',
    )
    .concat('  - { key: after, kind: quiz, minutes: 4, pass: 50, shuffle: false, role: post-test }\n');
  return {
    'course.yaml': change(yaml),
    ...{ 'vi/before.gift': asked('Đầu khoá', 'b'), 'en/before.gift': asked('Before', 'b') },
    ...{ 'vi/after.gift': asked('Cuối cùng', 'a'), 'en/after.gift': asked('After', 'a') },
  };
}
