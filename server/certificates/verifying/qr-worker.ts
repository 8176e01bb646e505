import { parentPort } from 'node:worker_threads';
import jsQr from 'jsqr';
import type { GreyPicture } from './photo.ts';

/** Apart from the server's own thread: a hostile picture may take as long as it likes, until it is ended. */
parentPort?.on('message', ({ grey, width, height }: GreyPicture) => {
  const rgba = new Uint8ClampedArray(width * height * 4).fill(255);
  // A loop of numbers: there are millions, and iterators take seconds.
  for (let at = 0; at < grey.length; at += 1) {
    const light = Number(grey[at]);
    rgba[at * 4] = light;
    rgba[at * 4 + 1] = light;
    rgba[at * 4 + 2] = light;
  }
  parentPort?.postMessage(jsQr.default(rgba, width, height)?.data ?? null);
});
