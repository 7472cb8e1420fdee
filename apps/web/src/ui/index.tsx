// Small parts of the pages.
import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import { UNKNOWN } from "../format.js";
import { strings } from "../strings.js";

type LineProperties = {
  label: string;
  value: string;
  help?: string | undefined;
  tone?: "up" | "down" | undefined;
  /** For tests. */
  name?: string | undefined;
};

/** A line of a list of figures: label and value. A value that is not known is announced as unknown. */
export function Line({ label, value, help, tone, name, className }: LineProperties & { className?: string }) {
  return (
    <div className={className} title={help}>
      <dt>{label}</dt>
      <dd data-testid={name} className={tone && `tone-${tone}`}>
        <Value text={value} />
      </dd>
    </div>
  );
}

/** A {@link Line} with its label above the value. */
export const Figure = (properties: LineProperties) => <Line {...properties} className="figure" />;

/** A formatted value; "–" is read aloud as "unknown". */
export function Value({ text }: { text: string }) {
  return text === UNKNOWN ? (
    <>
      <span aria-hidden="true">{UNKNOWN}</span>
      <span className="hidden">{strings.common.unknown}</span>
    </>
  ) : (
    text
  );
}

/** A row of buttons of which one is chosen. */
export function Choice<value extends string>({
  label,
  options,
  chosen,
  onChoose,
  className = "",
}: {
  label: string;
  options: readonly { value: value; label: string; className?: string }[];
  chosen: value;
  onChoose: (value: value) => void;
  className?: string;
}) {
  const group = useId();
  return (
    <fieldset className={`choice ${className}`}>
      <legend className="hidden">{label}</legend>
      {options.map((option) => (
        <label key={option.value} className={option.className}>
          <input
            type="radio"
            name={group}
            value={option.value}
            checked={option.value === chosen}
            onChange={() => onChoose(option.value)}
          />
          <span>{option.label}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** An input of an amount, with its unit, an optional button and its fault. */
export function AmountField({
  label,
  value,
  unit,
  onChange,
  fault,
  note,
  action,
  name,
  isInline = false,
}: {
  label: string;
  value: string;
  unit: string;
  onChange: (value: string) => void;
  fault?: string | undefined;
  note?: string | undefined;
  action?: { label: string; onClick: () => void } | undefined;
  name?: string;
  /** Whether the label is in the same line. */
  isInline?: boolean;
}) {
  const id = useId();
  const [faultId, noteId] = [`${id}-fault`, `${id}-note`];
  const description = [fault && faultId, note && noteId].filter(Boolean).join(" ");
  return (
    <div className={`field ${isInline ? "inline" : ""} ${fault ? "has-fault" : ""}`}>
      <div className="field-head">
        <label htmlFor={id}>{label}</label>
        {note && (
          <span id={noteId} className="muted">
            {note}
          </span>
        )}
        {action && (
          <button type="button" className="link" onClick={action.onClick}>
            {action.label}
          </button>
        )}
      </div>
      <div className="input">
        <input
          id={id}
          name={name}
          type="text"
          inputMode="decimal"
          autoComplete="off"
          spellCheck={false}
          value={value}
          onChange={(event) => onChange(event.target.value)}
          aria-invalid={fault !== undefined}
          aria-describedby={description || undefined}
        />
        <span className="unit">{unit}</span>
      </div>
      {fault && (
        <p id={faultId} className="fault">
          {fault}
        </p>
      )}
    </div>
  );
}

/** A dialog of the platform: it holds the focus, and Escape closes it. */
export function Dialog({
  title,
  isOpen,
  onClose,
  children,
}: {
  title: string;
  isOpen: boolean;
  onClose: () => void;
  children: ReactNode;
}) {
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const dialog = ref.current;
    if (!dialog) return;
    if (isOpen && !dialog.open) dialog.showModal();
    if (!isOpen && dialog.open) dialog.close();
  }, [isOpen]);
  return (
    <dialog ref={ref} aria-labelledby={titleId} onClose={onClose}>
      <div className="dialog-head">
        <h2 id={titleId}>{title}</h2>
        <button type="button" className="quiet icon" aria-label={strings.common.close} onClick={onClose}>
          <span aria-hidden="true">✕</span>
        </button>
      </div>
      {isOpen && children}
    </dialog>
  );
}

/** A message of an error or a state. */
export function Notice({
  tone = "info",
  title,
  children,
}: {
  tone?: "info" | "warning" | "error";
  title?: string | undefined;
  children?: ReactNode;
}) {
  return (
    <div className={`notice notice-${tone}`} role={tone === "info" ? "status" : "alert"}>
      {title && <strong>{title}</strong>}
      {children && <span>{children}</span>}
    </div>
  );
}

/** The time now in seconds, each second. */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now() / 1_000);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now() / 1_000), 1_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

/** Up, down or neither, by the sign of a value. */
export const toneOf = (value: bigint | undefined): "up" | "down" | undefined =>
  value === undefined || value === 0n ? undefined : value > 0n ? "up" : "down";
