// Tells the minutes that are left. The server's clock decides; when they are gone, what stands on the page is saved once.
(() => {
  let place = null;
  let end = 0;

  const tell = () => {
    if (place === null) return;
    const left = Math.ceil((end - Date.now()) / 60_000);
    place.textContent = place.dataset.words.replace('#', Math.max(0, left));
    if (left > 0) return;
    place = null;
    document.querySelector('#questions button').click();
  };
  const find = () => {
    place = document.querySelector('[data-seconds-left]');
    if (place === null) return;
    end = Date.now() + place.dataset.secondsLeft * 1000;
    tell();
  };
  find();
  setInterval(tell, 10_000);
  document.addEventListener('htmx:after:swap', find);
})();
