// The app in Chromium on a stack, with a page of its own for each test.
import { AxeBuilder } from "@axe-core/playwright";
import type { Deployment } from "@counterpoise/sdk";
import type { Stack } from "@counterpoise/stack/src/stack.js";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { launchBrowser } from "./browser.js";
import { startTestStack } from "./venue.js";

/** `context` and `page` are those of the running test. */
export type App = { stack: Stack; deployment: Deployment; context: BrowserContext; page: Page };

/**
 * Starts a stack and a browser for the tests of a file. After each test, the page has reported no error and no violation of the
 * content security policy.
 */
export function useApp(): App {
  const app = {} as App;
  let remove: (() => Promise<void>) | undefined;
  let browser: Browser | undefined;
  let faults: string[] = [];
  beforeAll(async () => {
    const [started, launched] = await Promise.all([startTestStack(), launchBrowser()]);
    browser = launched;
    remove = started.remove;
    Object.assign(app, { stack: started.stack, deployment: started.stack.venue.deployment });
  });
  afterAll(async () => {
    await browser?.close();
    await remove?.();
  });
  beforeEach(async () => {
    faults = [];
    app.context = await (browser as Browser).newContext({ viewport: { width: 1440, height: 900 }, locale: "en-US" });
    app.page = await app.context.newPage();
    app.page.on("pageerror", (error) => faults.push(error.message));
    app.page.on("console", (line) => {
      if (/Content Security Policy|Minified React/.test(line.text())) faults.push(line.text());
    });
  });
  afterEach(async () => {
    await app.context.close();
    expect(faults).toEqual([]);
  });
  return app;
}

/** Asserts that axe finds no violation, in both colour schemes. */
export async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(" ")}`)).toEqual([]);
  }
}
