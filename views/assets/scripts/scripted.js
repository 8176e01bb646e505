// A button that only a script can serve is made by one: text browsers show even what is hidden, and there it would do nothing.
(() => {
  const make = () => {
    for (const place of document.querySelectorAll('span.scripted')) {
      const button = document.createElement('button');
      for (const { name, value } of place.attributes) button.setAttribute(name, value);
      button.type = 'button';
      button.textContent = place.dataset.words;
      if (place.dataset.reveal !== undefined) button.setAttribute('aria-pressed', 'false');
      place.replaceWith(button);
    }
  };
  make();
  document.addEventListener('htmx:after:swap', make);
})();
