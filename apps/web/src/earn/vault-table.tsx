// All vaults in one table: value, share price, growth, room, and the account's part.

import { marketName } from "../config.js";
import { useApp } from "../data/context.js";
import type { Maker } from "../data/snapshot.js";
import { roomOf, sharePriceOf, totalAssetsOf, useShareHistory, type Vault } from "../data/vaults.js";
import { amount, compact, percent, UNKNOWN } from "../format.js";
import { strings } from "../strings.js";
import { toneOf, Value } from "../ui/index.js";
import { wadOf } from "./amounts.js";

const text = strings.earn.table;

export function VaultTable({
  vaults,
  chosen,
  onChoose,
}: {
  vaults: readonly Vault[] | undefined;
  chosen: Maker["kind"] | undefined;
  onChoose: (kind: Maker["kind"]) => void;
}) {
  const { deployment } = useApp();
  return (
    <section className="panel tables vault-list" aria-label={text.label}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a table that is wider than the screen is scrolled with the keyboard */}
      <div className="table-frame" tabIndex={0}>
        <table>
          <caption className="hidden">{`${text.label}, ${marketName(deployment)}`}</caption>
          <thead>
            <tr>
              <th scope="col">{text.vault}</th>
              <th scope="col" className="num">
                {text.value}
              </th>
              <th scope="col" className="num">
                {text.sharePrice}
              </th>
              <th scope="col" className="num" title={text.growthHelp}>
                {text.growth}
              </th>
              <th scope="col" className="num" title={text.utilizationHelp}>
                {text.utilization}
              </th>
              <th scope="col" className="num">
                {text.room}
              </th>
              <th scope="col" className="num">
                {text.own}
              </th>
            </tr>
          </thead>
          <tbody>
            {vaults?.map((vault) => (
              <Row key={vault.maker} vault={vault} isChosen={vault.kind === chosen} onChoose={onChoose} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Row({
  vault,
  isChosen,
  onChoose,
}: {
  vault: Vault;
  isChosen: boolean;
  onChoose: (kind: Maker["kind"]) => void;
}) {
  const { kind, asset, position } = vault;
  const { data: history } = useShareHistory(vault.maker);
  const { long, short } = position.makerState.utilization;
  const sharePrice = sharePriceOf(vault);
  const first = history?.samples.find((sample) => sample.sharePrice > 0n)?.sharePrice;
  const growth =
    first !== undefined && sharePrice !== undefined ? ((sharePrice - first) * 10n ** 18n) / first : undefined;
  const room = roomOf(vault);
  return (
    <tr className={isChosen ? "chosen" : undefined} data-testid={`vault-${kind}`}>
      <td>
        <button type="button" className="vault-name" aria-pressed={isChosen} onClick={() => onChoose(kind)}>
          <span>{strings.makers[kind]}</span>
          <span className="muted small">{text.takes(asset.symbol)}</span>
        </button>
      </td>
      <td className="num" data-label={text.value}>
        <Value text={compact(wadOf(totalAssetsOf(vault), asset))} /> <span className="muted small">{asset.symbol}</span>
      </td>
      <td className="num" data-label={text.sharePrice}>
        <Value text={amount(sharePrice, 18, { min: 6 })} />
      </td>
      <td className={`num tone-${toneOf(growth) ?? "none"}`} data-label={text.growth}>
        <Value text={percent(growth, { min: 3, sign: "always" })} />
      </td>
      <td className="num" data-label={text.utilization}>
        <Value text={percent(long > short ? long : short, { min: 1 })} />
      </td>
      <td className="num" data-label={text.room}>
        {room === "unlimited" ? (
          text.unlimited
        ) : (
          <Value text={room === undefined ? UNKNOWN : compact(wadOf(room, asset))} />
        )}
      </td>
      <td className="num" data-label={text.own}>
        {position.shares === 0n ? (
          "0"
        ) : (
          <>
            <Value text={amount(position.value, asset.decimals, { min: 2 })} />{" "}
            <span className="muted small">{percent(position.part)}</span>
          </>
        )}
      </td>
    </tr>
  );
}
