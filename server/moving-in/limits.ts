/** How much of a foreign source is read. The largest real ones met have a third of it. */
export const most = {
  entries: 20_000,
  /** of an archive as it lies on the disk, and of all it unpacks to */
  archiveBytes: 200_000_000,
  bytes: 400_000_000,
  /** of one file inside it, and of one that is read as text */
  fileBytes: 50_000_000,
  textBytes: 20_000_000,
  pageBytes: 1_000_000,
  /** of folders, elements */
  depth: 60,
  /** of elements in a page: those of editors nest a few dozen */
  depthOfText: 500,
  items: 450,
  questionsOfAQuiz: 200,
  pictures: 300,
  pictureBytes: 5_000_000,
  /** of the whole: reading runs in a thread that is ended then */
  milliseconds: 180_000,
  megabytesOfMemory: 2048,
};
