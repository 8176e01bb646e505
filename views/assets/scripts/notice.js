// A request that htmx could not finish leaves the page as it was: one line says so. What was saved is read aloud.
(() => {
  const notice = document.getElementById('notice');

  const tell = (text, className) => {
    notice.className = className;
    notice.textContent = text;
  };

  document.addEventListener('htmx:before:request', () => tell('', 'hidden'));
  document.addEventListener('htmx:error', () => tell(notice.dataset.lost, 'notice'));
  document.addEventListener('htmx:response:error', ({ detail }) => {
    if (detail.ctx.response.status >= 500) tell(notice.dataset.failed, 'notice');
  });
  document.addEventListener('htmx:after:swap', () => {
    const saved = document.querySelector('[data-announce]');
    if (saved !== null) tell(saved.textContent, 'hidden');
  });
})();
