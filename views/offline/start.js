// Unpacks the rest of the page, which server/offline/packing.ts has packed. The policy knows the hash of that too: nothing else can run.
const packed = document.getElementById('packed');
const script = document.createElement('script');
script.textContent = new TextDecoder().decode(inflate(bytesOf(packed.textContent), Number(packed.dataset.size)));
document.body.appendChild(script);

/** Two characters are 13 bits: printable ASCII but for & < >. */
function bytesOf(text) {
  const bytes = [];
  let [held, count] = [0, 0];
  for (let at = 0; at < text.length; at += 2) {
    held |= (digit(text.charCodeAt(at)) * 91 + digit(text.charCodeAt(at + 1))) << count;
    for (count += 13; count > 7; count -= 8) {
      bytes.push(held & 255);
      held >>>= 8;
    }
  }
  return bytes;
}

function digit(code) {
  return code - 33 - (code > 38) - (code > 60) - (code > 62);
}

/** RFC 1951, of its kinds of blocks the one with codes of its own. Browsers of before 2022 have no DecompressionStream for it. */
function inflate(bytes, size) {
  const out = new Uint8Array(size);
  let [at, held, count, end, isLast] = [0, 0, 0, 0, 0];
  while (!isLast) {
    isLast = bits(1);
    // The packer makes blocks of this one kind.
    if (bits(2) !== 2) throw new Error('packed in another way');
    const [literals, distances] = writtenCodes();
    for (let symbol = read(literals); symbol !== 256; symbol = read(literals)) {
      if (symbol < 256) {
        out[end++] = symbol;
        continue;
      }
      const length = lengthOf(symbol - 257);
      const distance = distanceOf(read(distances));
      for (let left = length; left > 0; left -= 1, end += 1) out[end] = out[end - distance];
    }
  }
  return out;

  function bits(wanted) {
    while (count < wanted) {
      held |= bytes[at++] << count;
      count += 8;
    }
    const value = held & ((1 << wanted) - 1);
    held >>>= wanted;
    count -= wanted;
    return value;
  }

  function lengthOf(place) {
    if (place === 28) return 258;
    if (place < 8) return place + 3;
    const extra = (place >> 2) - 1;
    return ((4 + (place & 3)) << extra) + 3 + bits(extra);
  }

  function distanceOf(place) {
    if (place < 4) return place + 1;
    const extra = (place >> 1) - 1;
    return ((2 + (place & 1)) << extra) + 1 + bits(extra);
  }

  function writtenCodes() {
    const [literals, distances, own] = [bits(5) + 257, bits(5) + 1, bits(4) + 4];
    const ownLengths = Array(19).fill(0);
    for (const symbol of [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15].slice(0, own))
      ownLengths[symbol] = bits(3);
    const ownCodes = codes(ownLengths);
    const lengths = [];
    while (lengths.length < literals + distances) {
      const symbol = read(ownCodes);
      if (symbol < 16) lengths.push(symbol);
      else {
        const value = symbol === 16 ? lengths[lengths.length - 1] : 0;
        const times = symbol === 16 ? 3 + bits(2) : symbol === 17 ? 3 + bits(3) : 11 + bits(7);
        for (let left = times; left > 0; left -= 1) lengths.push(value);
      }
    }
    return [codes(lengths.slice(0, literals)), codes(lengths.slice(literals))];
  }

  /** Symbols in the order of their codes, and how many there are of each length. */
  function codes(lengths) {
    const counts = Array(16).fill(0);
    for (const length of lengths) counts[length] += 1;
    counts[0] = 0;
    const symbols = [];
    for (let length = 1; length < 16; length += 1) {
      for (const [symbol, own] of lengths.entries()) if (own === length) symbols.push(symbol);
    }
    return { counts, symbols };
  }

  function read({ counts, symbols }) {
    let [code, first, index] = [0, 0, 0];
    for (let length = 1; length < 16; length += 1) {
      code |= bits(1);
      if (code - counts[length] < first) return symbols[index + code - first];
      index += counts[length];
      first = (first + counts[length]) << 1;
      code <<= 1;
    }
    return 256;
  }
}
