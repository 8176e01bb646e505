// A second tap while a form is on its way is dropped. After a while the form opens again: a lost answer must not lock it.
(() => {
  const patience = 20_000;
  const release = (form) => form.removeAttribute('aria-busy');

  const send = (event) => {
    const form = event.target;
    if (form.hasAttribute('aria-busy')) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    form.setAttribute('aria-busy', 'true');
    setTimeout(release, patience, form);
  };

  // Before htmx, which listens at the form itself.
  document.addEventListener('submit', send, true);
  document.addEventListener('htmx:finally:request', ({ detail }) => {
    const form = detail.ctx.sourceElement.closest('form');
    if (form !== null) release(form);
  });
  // The back button may show the page as it was left, busy forms included.
  addEventListener('pageshow', () => document.querySelectorAll('form[aria-busy]').forEach(release));
})();
