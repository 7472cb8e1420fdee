// Colours of the charts: a canvas takes no variables.

/** A colour of the palette in the theme now, as `rgb(...)`. */
export function colour(name: string): string {
  const probe = document.body.appendChild(document.createElement("span"));
  probe.style.color = `var(${name})`;
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** The colours of a chart without its series. */
export const chartColours = () => ({
  layout: { textColor: colour("--muted"), fontFamily: getComputedStyle(document.body).fontFamily },
  grid: { vertLines: { color: colour("--grid") }, horzLines: { color: colour("--grid") } },
  rightPriceScale: { borderColor: colour("--line") },
  timeScale: { borderColor: colour("--line") },
  crosshair: {
    vertLine: { color: colour("--muted"), labelBackgroundColor: colour("--strong") },
    horzLine: { color: colour("--muted"), labelBackgroundColor: colour("--strong") },
  },
});

/** Paints now and after each change of the theme. Returns the end of it. */
export function followTheme(paint: () => void): () => void {
  paint();
  const media = matchMedia("(prefers-color-scheme: dark)");
  media.addEventListener("change", paint);
  window.addEventListener("counterpoise:theme", paint);
  return () => {
    media.removeEventListener("change", paint);
    window.removeEventListener("counterpoise:theme", paint);
  };
}
