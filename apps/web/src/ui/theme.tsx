// Light, dark, or as the system; kept in local storage.
import { useEffect, useState } from "react";
import { strings } from "../strings.js";

type Theme = "system" | "light" | "dark";
const KEY = "counterpoise.theme";

const stored = (): Theme => {
  const value = localStorage.getItem(KEY);
  return value === "light" || value === "dark" ? value : "system";
};

export function applyTheme(theme: Theme = stored()): void {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  window.dispatchEvent(new Event("counterpoise:theme"));
}

export function ThemeSelect() {
  const [theme, setTheme] = useState(stored);
  useEffect(() => {
    localStorage.setItem(KEY, theme);
    applyTheme(theme);
  }, [theme]);
  return (
    <select
      className="theme"
      aria-label={strings.theme.label}
      value={theme}
      onChange={(event) => setTheme(event.target.value as Theme)}
    >
      <option value="system">{strings.theme.system}</option>
      <option value="light">{strings.theme.light}</option>
      <option value="dark">{strings.theme.dark}</option>
    </select>
  );
}
