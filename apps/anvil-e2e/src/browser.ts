import { existsSync } from "node:fs";
import chromium from "@sparticuz/chromium";
import { type Browser, chromium as playwright } from "playwright-core";

const INSTALLED = ["/usr/bin/google-chrome", "/usr/bin/chromium", "/usr/bin/chromium-browser"];

/** Starts an installed Chrome or Chromium, else the one of an npm package. Undefined where neither runs, outside CI. */
export async function startBrowser(): Promise<Browser | undefined> {
  const installed = INSTALLED.find((file) => existsSync(file));
  try {
    return installed === undefined
      ? await playwright.launch({
          executablePath: await chromium.executablePath(),
          args: chromium.args,
          headless: true,
        })
      : await playwright.launch({ executablePath: installed, args: ["--no-sandbox"], headless: true });
  } catch (error) {
    if (process.env.CI) throw error;
    return undefined;
  }
}
