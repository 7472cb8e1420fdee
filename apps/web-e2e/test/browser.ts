// Chromium for tests: one that is installed, or the one in a package for Linux. CI never goes without.
import { existsSync } from "node:fs";
import bundled from "@sparticuz/chromium";
import { type Browser, chromium } from "playwright-core";

const INSTALLED = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

const UNWANTED = /single-process|no-zygote|web-security|insecure-content|site-isolation|^--disable-features/;

/** Whether tests can start a browser here. In CI they have to. */
export const hasBrowser =
  process.env.CI !== undefined || process.platform === "linux" || process.env.CHROMIUM_PATH !== undefined;

/** Starts the browser. `CHROMIUM_PATH` names another one. */
export async function launchBrowser(): Promise<Browser> {
  const own = process.env.CHROMIUM_PATH ?? INSTALLED.find((file) => existsSync(file));
  if (own) return chromium.launch({ executablePath: own, args: ["--no-sandbox"] });
  // Not the package's arguments for functions in a cloud: one process ends with its first context, and without web security
  // the tests would not notice a request that the policy or another origin forbids.
  const args = bundled.args.filter((each) => !UNWANTED.test(each));
  return chromium.launch({ executablePath: await bundled.executablePath(), args });
}
