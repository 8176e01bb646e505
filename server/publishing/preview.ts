import type { Preview } from '../courses/package-preview.ts';
import { readableText } from '../quizzes/cloze.ts';
import { mapTexts, type Question } from '../quizzes/question.ts';

/** Pictures of a draft lie at the draft: nobody else sees them. */
export function withDraftPictures(preview: Preview, { id, slug }: { id: string; slug: string }): Preview {
  const there = (html: string) => html.replaceAll(`/courses/${slug}/pictures/`, `/publishing/${id}/pictures/`);
  return {
    ...preview,
    html: there(preview.html),
    questions: preview.questions.map((question): Question => {
      const shown = mapTexts(question, there);
      return { ...shown, text: readableText(shown) };
    }),
  };
}
