import { readdirSync } from "node:fs";
import path from "node:path";

/** The Solidity files below parts of a folder, by their paths from the folder, with `/` between names. */
export function solidityFilesIn(folder: string, parts = [""]): string[] {
  return parts
    .flatMap((part) =>
      readdirSync(path.join(folder, part), { recursive: true, encoding: "utf8" }).map((name) => path.join(part, name)),
    )
    .filter((name) => name.endsWith(".sol"))
    .map((name) => name.split(path.sep).join("/"));
}

/** Whether a name matches one of the globs: `*` matches within a folder, `{one,another}` either of the two. */
export function matches(name: string, globs: string[]): boolean {
  return globs.some((glob) => {
    const pattern = glob
      .replace(/[.+^$()|[\]\\]/g, "\\$&")
      .replaceAll("*", "[^/]*")
      .replaceAll("{", "(")
      .replaceAll("}", ")")
      .replaceAll(",", "|");
    return new RegExp(`^${pattern}$`).test(name);
  });
}
