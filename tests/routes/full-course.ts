import type { Files } from '../courses/folder.ts';
import { courseYaml } from '../support/small-course.ts';

/** As long as names get that people bear, and as long as a form takes. */
export const longName = 'Công Tằng Tôn Nữ Nguyễn Phước Hoàng Thị Thuỳ Trang Phương Anh';
export const endlessName = `${longName} `.repeat(2).slice(0, 120).trim();

const picture =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 320"><rect width="640" height="320" fill="#8ac"/></svg>';

const lesson = (title: string, term: string) => `# ${title}

Một đoạn văn có ${term}, với **chữ đậm**, *chữ nghiêng*, \`mã\` và [một liên kết](second.md), rồi một địa chỉ dài:
https://example.org/mot/duong/dan/that/la/dai/khong/co/cho/nao/de/xuong/dong.

## Bảng

| Tỉnh | Số lớp | Học viên | Hoàn thành | Điểm giữa | Ghi chú |
|---|--:|--:|--:|:-:|---|
| Thừa Thiên Huế | 12 | 1.240 | 83 % | 7,5 | Lớp buổi tối, học bằng điện thoại chung |
| Đồng Tháp | 4 | 96 | 41 % | 6 | Nghỉ mùa lũ |

| Hai | cột |
|---|---|
| ngắn | dài hơn một chút |

> [!NOTE] Điều cần biết.

> [!TIP]
> Một mẹo.
>
> - có
> - danh sách

> [!REMEMBER]
> Nhớ điều này.

> [!DANGER]
> Đừng làm điều này.

> [!CHECK] Bạn chọn cách nào?
> 1. Cách thứ nhất
> 2. Cách thứ hai
>
> ---
> Cách **thứ hai**, vì [bài sau](second.md) nói thế.

### Tiêu đề nhỏ

> Một câu trích của ai đó.

1. Bước một
   - việc nhỏ
2. Bước hai

\`\`\`
mã nhiều cột không được đẩy trang rộng ra: 0123456789012345678901234567890123456789
\`\`\`

![Một tấm hình](../images/box.svg)
`;

const course = (title: string) => `---
title: ${title}
summary: Một khoá học có đủ mọi thứ mà một bài học có thể có, và một lời giới thiệu dài hơn thường lệ.
outcomes:
  - Nhận ra một đường liên kết lạ trước khi bấm, và biết phải hỏi ai.
  - Kể lại được cho người nhà.
---

Lời giới thiệu với [một liên kết](https://example.org/).

## Cho ai

- người mới bắt đầu
`;

/** A course whose first lesson has all that a lesson may have, whose names are long, and whose quiz may be tried twice. */
export const fullCourse: Files = {
  'course.yaml': courseYaml({ attempts: 2, shuffle: false }),
  'vi/course.md': course('Dữ liệu, thống kê và những câu chuyện phía sau con số của xóm mình'),
  'en/course.md': course('Data, statistics and the stories behind the numbers of our own neighbourhood'),
  'vi/first.md': lesson('Nghiêng nghiêng con chữ: đọc bảng số liệu không sợ nhầm', 'bảng'),
  'en/first.md': lesson('Reading tables of figures without misunderstanding them', 'table'),
  'vi/glossary.yaml': '- { term: bảng, meaning: Nhiều hàng và cột. }\n',
  'en/glossary.yaml': '- { term: table, meaning: Many rows and columns. }\n',
  'images/box.svg': picture,
};
