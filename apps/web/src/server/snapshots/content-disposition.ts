/**
 * `attachment` with the file's name: an ASCII form for every client, and the name itself in UTF-8 (RFC 6266 with
 * RFC 8187). Characters that a header or a file dialog cannot take become `_`.
 */
export function attachmentOf(name: string): string {
  const text = name.toWellFormed();
  const ascii = [...text].map((char) => (/^[ !#-$&-.0-[\]-~]$/.test(char) ? char : '_')).join('');
  const encoded = encodeURIComponent(text).replace(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
