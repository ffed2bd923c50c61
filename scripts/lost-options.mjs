/** The options of `npm start`, and what stands for the value of each that takes one. */
const OPTIONS = { backup: 'PATH', once: null, nodes: 'N', agents: 'N', 'reset-admin': null };

/**
 * Without `--` before them npm takes the options for its own: it hands a value after `=` over in the environment, and
 * one after a space as a bare argument. The sentence with the command that was meant, or null when nothing was lost.
 */
export function lostOptions(args, environment) {
  const lost = Object.keys(OPTIONS).filter((name) => environment[variable(name)] !== undefined);
  if (lost.length === 0) return null;
  const bare = args.filter((arg) => !arg.startsWith('-'));
  const meant = lost.map((name) => {
    if (OPTIONS[name] === null) return `--${name}`;
    const given = environment[variable(name)];
    const value = given !== 'true' && given !== '' ? given : bare.shift();
    return `--${name} ${value === undefined ? OPTIONS[name] : quoted(value)}`;
  });
  const names = lost.map((name) => `--${name}`).join(' and ');
  return `npm took ${names} for itself, as there is no "--" before: run  npm start -- ${meant.join(' ')}`;
}

/** Where npm puts it. */
function variable(name) {
  return `npm_config_${name.replace(/-/g, '_')}`;
}

/** As a shell takes it for one word. */
function quoted(text) {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replace(/'/g, "'\\''")}'`;
}
