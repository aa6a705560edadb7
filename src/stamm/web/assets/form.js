/* A little work before a form is sent: nothing to a person, much to who sends thousands. Without it, what is sent is
   held for review. SHA-256 after FIPS 180-4, so that it works where pages come without TLS, too. */
(() => {
  const form = document.querySelector("form[data-challenge]");
  if (!form) return;
  const field = form.elements["-nonce"], bits = Number(form.dataset.bits), start = `${form.dataset.challenge}:`;
  const primes = [];
  for (let n = 2; primes.length < 64; n++) if (primes.every((p) => n % p)) primes.push(n);
  const part = (x) => ((x - Math.floor(x)) * 2 ** 32) | 0;
  const K = primes.map((p) => part(Math.cbrt(p))), H = primes.slice(0, 8).map((p) => part(Math.sqrt(p)));
  const turn = (x, n) => (x >>> n) | (x << (32 - n));
  const w = new Int32Array(64);

  // the first word of the hash of a text of plain signs, which is all that the zeros are looked for in
  const hash = (text) => {
    const length = text.length, blocks = ((length + 8) >> 6) + 1, words = new Int32Array(blocks * 16);
    for (let i = 0; i < length; i++) words[i >> 2] |= text.charCodeAt(i) << (24 - (i % 4) * 8);
    words[length >> 2] |= 0x80 << (24 - (length % 4) * 8);
    words[blocks * 16 - 1] = length * 8;
    const state = H.slice();
    for (let block = 0; block < blocks; block++) {
      for (let i = 0; i < 64; i++) {
        if (i < 16) { w[i] = words[block * 16 + i]; continue; }
        const x = w[i - 15], y = w[i - 2];
        w[i] = w[i - 16] + (turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)) + w[i - 7] + (turn(y, 17) ^ turn(y, 19) ^ (y >>> 10));
      }
      let [a, b, c, d, e, f, g, h] = state;
      for (let i = 0; i < 64; i++) {
        const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + w[i]) | 0;
        const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
        h = g; g = f; f = e; e = (d + one) | 0; d = c; c = b; b = a; a = (one + two) | 0;
      }
      [a, b, c, d, e, f, g, h].forEach((value, i) => { state[i] = (state[i] + value) | 0; });
    }
    return state[0] >>> 0;
  };

  let nonce = 0, done = false, waiting = false;
  const work = () => {
    const until = performance.now() + 12;
    while (performance.now() < until) {
      for (let i = 0; i < 200; i++, nonce++) {
        if (hash(start + nonce) >>> (32 - bits) === 0) {
          field.value = nonce;
          done = true;
          if (waiting) form.requestSubmit();
          return;
        }
      }
    }
    setTimeout(work, 0);
  };
  form.addEventListener("submit", (event) => {
    if (done) return;
    event.preventDefault();
    waiting = true;
  });
  addEventListener("pageshow", (event) => { if (event.persisted && done) field.value = nonce; });
  work();
})();
