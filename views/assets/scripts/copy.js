// Selects and copies a text; what is selected can still be copied by hand where the browser refuses.
document.addEventListener('click', ({ target }) => {
  const button = target.closest('[data-copy]');
  if (button === null) return;
  getSelection().selectAllChildren(document.getElementById(button.dataset.copy));
  // Not navigator.clipboard: it is missing on plain http, where a village server lives.
  if (document.execCommand('copy')) button.textContent = button.dataset.done;
});
