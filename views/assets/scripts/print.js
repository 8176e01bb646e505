// Prints, with every answer open on the paper.
(() => {
  let opened = [];

  document.addEventListener('click', ({ target }) => {
    if (target.closest('[data-print]') !== null) print();
  });
  addEventListener('beforeprint', () => {
    opened = [...document.querySelectorAll('details:not([open])')];
    for (const details of opened) details.open = true;
  });
  addEventListener('afterprint', () => {
    for (const details of opened) details.open = false;
  });
})();
