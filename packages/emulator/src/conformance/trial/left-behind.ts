const patterns = [
  /^(\.DS_Store|\._.*|__MACOSX|\.Spotlight-V100|\.Trashes|\.fseventsd)$/,
  /^(Thumbs\.db|ehthumbs\.db|desktop\.ini)$/i,
  /^(\.directory|\.nfs[0-9a-f]+|\.fuse_hidden.*)$/,
  /^(.*~|#.*#|\.#.*|\..*\.sw[a-z]|.*\.(bak|orig|rej|tmp))$/,
];

/**
 * True for a file that macOS, Windows, Linux or an editor leaves beside others. A backup of a launcher is a program
 * too: Lambda starts it, under a name that the program does not know.
 */
export function isLeftBehind(name: string): boolean {
  return patterns.some((pattern) => pattern.test(name));
}
