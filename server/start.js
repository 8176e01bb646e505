// The only plain JavaScript, in words that Node 10 can read: an old Node must be able to say what is wrong.

const word = process.argv[2];
const entry = word === 'cli' ? './cli.ts' : word === 'demo' ? './demo.ts' : null;

if (process.features.typescript) {
  // What is compiled is kept for the next start, which then needs neither the time nor the memory of the compiler.
  const { resolve } = process.getBuiltinModule('path');
  const cache = resolve(process.argv[1], '../../node_modules/.cache/node');
  process.getBuiltinModule('module').enableCompileCache(cache);
  import(entry || './main.ts')
    .then((module) => module.main(process.argv.slice(entry ? 3 : 2)))
    .catch((error) => fail(wordsFor(error)));
} else {
  const { node } = process.versions;
  fail(
    `Đom Đóm cần Node 22.18 trở lên, mà đây là Node ${node}. Hãy chạy "npm ci" rồi "npm start", hoặc cài bản mới từ https://nodejs.org
Đom Đóm needs Node 22.18 or later, and this is Node ${node}. Run "npm ci", then "npm start", or install a newer one from https://nodejs.org`,
  );
}

function wordsFor(error) {
  if (error.name === 'PlainError') return error.message;
  if (error.code === 'ERR_MODULE_NOT_FOUND' && /^Cannot find package/.test(error.message)) {
    return 'Các thư viện chưa được cài. Hãy chạy "npm ci".\nThe libraries are not installed yet. Run "npm ci".';
  }
  return error;
}

function fail(words) {
  console.error(words);
  process.exit(1);
}
