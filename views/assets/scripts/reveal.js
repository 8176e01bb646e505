// A secret typed blind on a small keypad is often mistyped: its button shows it.
document.addEventListener('click', ({ target }) => {
  const button = target.closest('[data-reveal]');
  if (button === null) return;
  const input = document.getElementById(button.dataset.reveal);
  const isShown = input.type === 'text';
  input.type = isShown ? 'password' : 'text';
  button.setAttribute('aria-pressed', String(!isShown));
});
