/**
 * A token such as `--color-run` as a colour that a canvas understands. Custom properties that hold `light-dark()`
 * cannot be read directly, so the browser is asked to compute a real property from it. Read it again when
 * `useColourScheme` changes.
 */
export function resolveColour(token: `--color-${string}`): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${token})`;
  probe.style.display = 'none';
  document.body.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}
