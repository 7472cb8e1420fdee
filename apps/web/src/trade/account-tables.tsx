// Position, orders, signed orders and past fills of the account.
import { getSignedOrder, WHOLE_POSITION } from "@counterpoise/sdk";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { baseName, marketName } from "../config.js";
import { useApp } from "../data/context.js";
import { type TrackedOrder, useHistory, usePortfolio, useRefresh } from "../data/portfolio.js";
import type { View } from "../data/snapshot.js";
import { amount, dateOf, leverage, price, quote, size, timeOf, UNKNOWN, utcOf } from "../format.js";
import { strings } from "../strings.js";
import { Failure } from "../ui/failure.js";
import { Dialog, toneOf, Value } from "../ui/index.js";
import { useWallet } from "../wallet/wallet.js";
import { Closing } from "./closing.js";
import { csvOf, download } from "./export.js";
import { stateOf } from "./order-state.js";
import { type StoredOrder, storedOrders } from "./signed-orders.js";

const tabs = ["positions", "orders", "signed", "history"] as const;
type Tab = (typeof tabs)[number];

export function AccountTables({ view }: { view: View | undefined }) {
  const { deployment } = useApp();
  const { address } = useWallet();
  const { data } = usePortfolio();
  const [tab, setTab] = useState<Tab>("positions");
  const id = useId();
  const count: Partial<Record<Tab, number>> = {
    positions: view && view.account.address === address && view.account.size !== 0n ? 1 : 0,
    orders: data?.orders.filter(({ open }) => open !== undefined).length ?? 0,
  };
  const move = (step: number) => {
    const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length] as Tab;
    setTab(next);
    document.getElementById(`${id}-${next}`)?.focus();
  };
  return (
    <section className="panel tables" aria-label={strings.tabs.label}>
      <div
        role="tablist"
        aria-label={strings.tabs.label}
        tabIndex={-1}
        onKeyDown={(event) => {
          if (event.key === "ArrowRight") move(1);
          if (event.key === "ArrowLeft") move(-1);
        }}
      >
        {tabs.map((each) => (
          <button
            key={each}
            type="button"
            role="tab"
            id={`${id}-${each}`}
            aria-selected={tab === each}
            aria-controls={`${id}-panel`}
            tabIndex={tab === each ? 0 : -1}
            onClick={() => setTab(each)}
          >
            {strings.tabs[each]}
            {count[each] ? <span className="count">{count[each]}</span> : null}
          </button>
        ))}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a panel without controls is scrolled with the keyboard */}
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${tab}`} className="table-frame" tabIndex={0}>
        {!address ? (
          <p className="empty">{strings.account.disconnected}</p>
        ) : tab === "positions" ? (
          <Position view={view} />
        ) : tab === "orders" ? (
          <Orders />
        ) : tab === "signed" ? (
          <Signed key={`${address}${deployment.signedOrderGateway}`} orders={storedOrders(deployment, address)} />
        ) : (
          <History />
        )}
      </div>
    </section>
  );
}

function Position({ view }: { view: View | undefined }) {
  const { deployment } = useApp();
  const { address } = useWallet();
  const [isClosing, setClosing] = useState(false);
  const text = strings.positions;
  if (!view || view.account.address !== address) return <p className="empty">{strings.common.loading}</p>;
  const { account } = view;
  const { pendingFees } = account;
  const owed = pendingFees.funding + pendingFees.borrowing;
  return (
    <>
      {account.size === 0n ? (
        <p className="empty">{text.none}</p>
      ) : (
        <table>
          <caption className="hidden">{strings.tabs.positions}</caption>
          <thead>
            <tr>
              <th scope="col">{text.market}</th>
              <th scope="col" className="num">
                {text.size}
              </th>
              <th scope="col" className="num">
                {text.entry}
              </th>
              <th scope="col" className="num">
                {text.mark}
              </th>
              <th scope="col" className="num">
                {text.liquidation}
              </th>
              <th scope="col" className="num">
                {text.margin}
              </th>
              <th scope="col" className="num" title={text.feesHelp}>
                {text.fees}
              </th>
              <th scope="col" className="num">
                {text.pnl}
              </th>
              <th scope="col">
                <span className="hidden">{text.close}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            <tr data-testid="position">
              <td data-label={text.market}>
                <span className="strong">{marketName(deployment)}</span>{" "}
                <span className={`side-${account.side}`}>
                  {account.side === "long" ? strings.common.long : strings.common.short}{" "}
                  <Value text={leverage(account.leverage)} />
                </span>
              </td>
              <td className="num" data-label={text.size} data-testid="position-size">
                {size(account.size)} <span className="muted">{baseName(deployment)}</span>
              </td>
              <td className="num" data-label={text.entry} data-testid="position-entry">
                {price(account.entryPrice)}
              </td>
              <td className="num" data-label={text.mark}>
                <Value text={price(view.price)} />
              </td>
              <td className="num" data-label={text.liquidation} data-testid="position-liquidation">
                {account.liquidationPrice === 0n ? strings.preview.noRisk : price(account.liquidationPrice)}
              </td>
              <td className="num" data-label={text.margin} data-testid="position-margin">
                {quote(account.margin)}
              </td>
              <td className="num" data-label={text.fees}>
                {amount(owed, 18, { min: 4 })}
              </td>
              <td
                className={`num strong tone-${toneOf(account.unrealizedPnl) ?? "none"}`}
                data-label={text.pnl}
                data-testid="position-pnl"
              >
                <Value text={quote(account.unrealizedPnl, { sign: "always" })} />
              </td>
              <td className="actions">
                <button type="button" data-testid="close" onClick={() => setClosing(true)}>
                  {strings.common.close}
                  <span className="hidden"> {marketName(deployment)}</span>
                </button>
              </td>
            </tr>
          </tbody>
        </table>
      )}
      <Dialog title={strings.closing.title} isOpen={isClosing} onClose={() => setClosing(false)}>
        <Closing view={view} onDone={() => setClosing(false)} />
      </Dialog>
    </>
  );
}

function Orders() {
  const { deployment } = useApp();
  const { data, error } = usePortfolio();
  const { signer } = useWallet();
  const refresh = useRefresh();
  const text = strings.orders;
  const remove = useMutation({
    mutationFn: async ({ orderId, order }: TrackedOrder) => {
      const { cancelOrderSync } = await import("./writes.js");
      return cancelOrderSync(await signer(), { deployment, orderId, order });
    },
    onSettled: refresh,
  });
  if (error && !data) return <p className="empty">{strings.status.rpcFailing}</p>;
  if (!data) return <p className="empty">{strings.common.loading}</p>;
  if (data.orders.length === 0) return <p className="empty">{text.none}</p>;
  return (
    <>
      <table>
        <caption className="hidden">{strings.tabs.orders}</caption>
        <thead>
          <tr>
            <th scope="col">{text.time}</th>
            <th scope="col">{text.kind}</th>
            <th scope="col">{text.side}</th>
            <th scope="col" className="num">
              {text.size}
            </th>
            <th scope="col" className="num">
              {text.bound}
            </th>
            <th scope="col">{text.state}</th>
          </tr>
        </thead>
        <tbody>
          {data.orders.map((tracked) => {
            const { orderId, order, open } = tracked;
            const { request } = order;
            const state = stateOf(tracked, deployment);
            return (
              <tr key={orderId} data-testid="order">
                <td data-label={text.time} title={utcOf(order.executableAt)}>
                  {timeOf(order.executableAt)}
                </td>
                <td data-label={text.kind}>{request.isReduceOnly ? text.reduce : text.open}</td>
                <td data-label={text.side} className={request.isBaseToQuote ? "side-short" : "side-long"}>
                  {request.isBaseToQuote ? strings.history.sell : strings.history.buy}
                </td>
                <td data-label={text.size} className="num">
                  {request.amount === WHOLE_POSITION ? text.whole : size(request.amount)}
                </td>
                <td data-label={text.bound} className="num">
                  {quote(request.oppositeBound)}
                </td>
                <td data-label={text.state} className={`state-${state.tone}`}>
                  {state.words}{" "}
                  {open === "expired" && (
                    <button type="button" className="link" onClick={() => remove.mutate(tracked)}>
                      {text.remove}
                    </button>
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <Failure error={remove.error} />
    </>
  );
}

function Signed({ orders }: { orders: readonly StoredOrder[] }) {
  const { client, config, deployment } = useApp();
  const { signer } = useWallet();
  const refresh = useRefresh();
  const text = strings.signed;
  const states = useQuery({
    queryKey: ["signed", deployment.marketId.toString(), orders.map(({ order }) => order.id.toString())],
    enabled: orders.length > 0,
    refetchInterval: config.pollingInterval * 2,
    structuralSharing: false,
    queryFn: () => Promise.all(orders.map(({ order }) => getSignedOrder(client, { deployment, order }))),
  });
  const cancel = useMutation({
    mutationFn: async ({ order }: StoredOrder) => {
      const { cancelSignedOrderSync } = await import("./writes.js");
      return cancelSignedOrderSync(await signer(), { deployment, id: order.id });
    },
    onSettled: refresh,
  });
  if (orders.length === 0) return <p className="empty">{text.none}</p>;
  return (
    <>
      <p className="muted small note">{text.help}</p>
      <table>
        <caption className="hidden">{strings.tabs.signed}</caption>
        <thead>
          <tr>
            <th scope="col">{strings.orders.kind}</th>
            <th scope="col">{strings.orders.side}</th>
            <th scope="col" className="num">
              {strings.orders.size}
            </th>
            <th scope="col" className="num">
              {text.trigger}
            </th>
            <th scope="col">{strings.orders.state}</th>
            <th scope="col">
              <span className="hidden">{text.cancel}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {orders.map((stored, i) => {
            const { kind, order } = stored;
            const state = states.data?.[i];
            const isRequested = cancel.isPending && cancel.variables?.order.id === order.id;
            const words = isRequested
              ? text.state.requested
              : state
                ? text.state[state.isAnnounced ? "announced" : state.status]
                : text.state.unknown;
            return (
              <tr key={`${order.id}-${kind}`} data-testid="signed-order">
                <td data-label={strings.orders.kind}>{text.kind[kind]}</td>
                <td data-label={strings.orders.side} className={order.isBaseToQuote ? "side-short" : "side-long"}>
                  {order.isBaseToQuote ? strings.history.sell : strings.history.buy}
                </td>
                <td data-label={strings.orders.size} className="num">
                  {order.amount === WHOLE_POSITION ? strings.orders.whole : size(order.amount)}
                </td>
                <td data-label={text.trigger} className="num">
                  {price(kind === "limit" ? order.price : order.triggerPrice)}
                </td>
                <td data-label={strings.orders.state}>{words}</td>
                <td className="actions">
                  {state?.status === "open" && !state.isAnnounced && (
                    <button type="button" disabled={cancel.isPending} onClick={() => cancel.mutate(stored)}>
                      {text.cancel}
                    </button>
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <Failure error={cancel.error} />
    </>
  );
}

const WAD = 10n ** 18n;
const absolute = (value: bigint): bigint => (value < 0n ? -value : value);

function History() {
  const { deployment } = useApp();
  const { address } = useWallet();
  const { data, error } = useHistory(true);
  const text = strings.history;
  if (error && !data) return <p className="empty">{text.failed}</p>;
  if (!data) return <p className="empty">{strings.common.loading}</p>;
  if (data.fills.length === 0) return <p className="empty">{text.none}</p>;
  const rows = data.fills.map((fill) => {
    const isTaker = fill.taker === address;
    const base = isTaker ? fill.base : -fill.base;
    const change = isTaker ? fill.takerMargin : fill.makerMargin;
    const average = fill.base === 0n ? undefined : (absolute(fill.quote) * WAD) / absolute(fill.base);
    return { fill, base, average, pnl: change.realizedPnl, fees: change.funding + change.borrowing };
  });
  return (
    <>
      <div className="row between note">
        <span className="muted small">{data.hasMore ? text.more(String(rows.length)) : ""}</span>
        <button
          type="button"
          className="link"
          onClick={() => download(`${marketName(deployment)}-fills.csv`, csvOf(rows, deployment))}
        >
          {text.export}
        </button>
      </div>
      <table>
        <caption className="hidden">{strings.tabs.history}</caption>
        <thead>
          <tr>
            <th scope="col">{text.time}</th>
            <th scope="col">{text.action}</th>
            {[text.size, text.price, text.oracle, text.pnl, text.fees].map((label) => (
              <th key={label} scope="col" className="num">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ fill, base, average, pnl, fees }) => (
            <tr key={`${fill.hash}${fill.logIndex}`} data-testid="fill">
              <td data-label={text.time} title={utcOf(fill.time)}>
                {dateOf(fill.time)}
              </td>
              <td data-label={text.action} className={base > 0n ? "side-long" : "side-short"}>
                {base > 0n ? text.buy : text.sell}
              </td>
              <td data-label={text.size} className="num">
                {size(absolute(base))}
              </td>
              <td data-label={text.price} className="num">
                <Value text={average === undefined ? UNKNOWN : price(average)} />
              </td>
              <td data-label={text.oracle} className="num">
                {price(fill.price)}
              </td>
              <td data-label={text.pnl} className={`num tone-${toneOf(pnl) ?? "none"}`}>
                {quote(pnl, { sign: "always" })}
              </td>
              <td data-label={text.fees} className="num">
                {amount(fees, 18, { min: 4 })}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
