import { Test, type TestOpts } from 'tap';

/** What is told of a test that is to fail, run apart from the one that asks; '' when it passes. */
export async function failuresOf(body: (t: Test) => Promise<void>): Promise<string> {
  const options: TestOpts = { name: 'apart' };
  const apart = new Test(options);
  apart.test('inner', body);
  apart.end();
  const output = (await apart.concat()).toString();
  return apart.passing() ? '' : output;
}
