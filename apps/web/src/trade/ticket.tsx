// The order ticket: an order in human units, its preview while typing, its transaction and its progress.
import { bondOf, getMinKeeperFee, getOrderRules, getSignedOrderRules } from "@counterpoise/sdk";
import { InvalidAmountError } from "@counterpoise/sdk/entities";
import { formatCollateral, parseCollateral, parseLeverage, parsePercent, parseWad } from "@counterpoise/sdk/units";
import { useMutation, useQuery } from "@tanstack/react-query";
import { type FormEvent, useMemo, useState } from "react";
import { baseName } from "../config.js";
import { useApp } from "../data/context.js";
import { usePortfolio, useRefresh } from "../data/portfolio.js";
import { maxLeverage, type Preview, previewOf } from "../data/preview.js";
import { useLivePrice } from "../data/price-feed.js";
import type { View } from "../data/snapshot.js";
import { messageOf, revertOf } from "../errors.js";
import { amount, decimalText, leverage as leverageText, percent, price, quote, size, UNKNOWN } from "../format.js";
import { strings } from "../strings.js";
import { Failure } from "../ui/failure.js";
import { AmountField, Choice, Line, Notice, toneOf } from "../ui/index.js";
import { useWallet, WrongNetwork } from "../wallet/wallet.js";
import { limitSize } from "./limit-size.js";
import { OrderProgress } from "./order-progress.js";
import { deliver } from "./signed-orders.js";

const text = strings.ticket;
const WAD = 10n ** 18n;

/** The fees and rules of orders; they change seldom. */
function useOrderRules() {
  const { client, config, deployment } = useApp();
  return useQuery({
    queryKey: ["order-rules", deployment.marketId.toString()],
    refetchInterval: config.pollingInterval * 10,
    structuralSharing: false,
    queryFn: async () => {
      const [rules, minKeeperFee, signed] = await Promise.all([
        getOrderRules(client, { deployment }),
        getMinKeeperFee(client, { deployment }),
        getSignedOrderRules(client, { deployment }),
      ]);
      // As plans pay: a quarter above the minimum.
      return { rules, signed, keeperFee: (minKeeperFee * 5n) / 4n };
    },
  });
}

type Faults = { [field in "margin" | "leverage" | "limit" | "takeProfit" | "stop" | "slippage"]?: string | undefined };

/** Runs a parser; an error is the fault's text. */
function faultOf(parse: () => unknown, fault: string): string | undefined {
  try {
    parse();
    return undefined;
  } catch (error) {
    if (error instanceof InvalidAmountError) return fault;
    throw error;
  }
}

export function Ticket({ view }: { view: View | undefined }) {
  const { config, deployment, prices } = useApp();
  const live = useLivePrice(prices);
  // A service that fell silent has older prices than the chain.
  const update = view?.source === "service" ? live.update : undefined;
  const { address, isOnChain, signer } = useWallet();
  const portfolio = usePortfolio();
  const refresh = useRefresh();
  const { data: rules } = useOrderRules();
  const [side, setSide] = useState<"long" | "short">("long");
  const [kind, setKind] = useState<"market" | "limit">("market");
  const [margin, setMargin] = useState("");
  const [leverage, setLeverage] = useState("5");
  const [limit, setLimit] = useState("");
  const [hasExits, setExits] = useState(false);
  const [takeProfit, setTakeProfit] = useState("");
  const [stop, setStop] = useState("");
  const [slippage, setSlippage] = useState("0.5");
  const [isTouched, setTouched] = useState(false);

  const base = baseName(deployment);
  const symbol = deployment.collateralSymbol;
  const market = view?.account.market;
  const most = market && maxLeverage(market.initialMarginRatio);
  const mostText = most === undefined ? "" : String(Number((most * 10n) / WAD) / 10);
  const input = {
    margin: decimalText(margin),
    leverage: decimalText(leverage),
    limit: decimalText(limit),
    takeProfit: hasExits ? decimalText(takeProfit) : "",
    stop: hasExits ? decimalText(stop) : "",
    slippage: decimalText(slippage),
  };
  const wallet = portfolio.data?.trader.wallet;
  const exitFee = rules?.signed.minRelayFee;

  const faults = useMemo((): Faults => {
    const found: Faults = {};
    const decimals = deployment.collateralDecimals;
    const marginFault = faultOf(
      () => parseCollateral(deployment, input.margin),
      /\.\d+$/.test(input.margin) ? text.decimals(decimals) : text.invalidMargin,
    );
    const value = marginFault ? undefined : parseCollateral(deployment, input.margin);
    if (marginFault || value === undefined || value <= 0n) found.margin = marginFault ?? text.invalidMargin;
    else if (wallet !== undefined && value > wallet) found.margin = text.insufficient(amount(wallet, decimals), symbol);
    found.leverage = faultOf(() => {
      const parsed = parseLeverage(input.leverage);
      if (most !== undefined && parsed > most)
        throw new InvalidAmountError({ field: "leverage", value: input.leverage, accepted: mostText });
    }, text.invalidLeverage(mostText));
    if (kind === "limit")
      found.limit = faultOf(() => {
        if (parseWad(input.limit) <= 0n) throw new InvalidAmountError({ field: "price", value: limit, accepted: "" });
      }, text.invalidPrice);
    const reference = kind === "limit" && !found.limit ? parseWad(input.limit) : view?.price;
    const trigger = (given: string, isAbove: boolean, fault: string) =>
      given === ""
        ? undefined
        : faultOf(() => {
            const parsed = parseWad(given);
            const isRight = reference === undefined || (isAbove ? parsed > reference : parsed < reference);
            if (parsed <= 0n || !isRight) throw new InvalidAmountError({ field: "price", value: given, accepted: "" });
          }, fault);
    const isLong = side === "long";
    found.takeProfit = trigger(input.takeProfit, isLong, text.takeProfitSide(isLong));
    found.stop = trigger(input.stop, !isLong, text.stopSide(!isLong));
    found.slippage = faultOf(() => {
      const ratio = parsePercent(input.slippage);
      if (ratio < 0 || ratio >= 1_000_000)
        throw new InvalidAmountError({ field: "slippage", value: slippage, accepted: "" });
    }, text.invalidSlippage);
    return found;
  }, [
    deployment,
    input.margin,
    input.leverage,
    input.limit,
    input.takeProfit,
    input.stop,
    input.slippage,
    kind,
    side,
    view?.price,
    wallet,
    most,
    mostText,
    symbol,
    limit,
    slippage,
  ]);
  const isValid = Object.values(faults).every((fault) => fault === undefined);

  const preview = useMemo((): Preview | undefined => {
    if (!view || kind === "limit") return undefined;
    try {
      return previewOf(view, { side, margin: input.margin, leverage: input.leverage }, deployment);
    } catch (error) {
      if (error instanceof InvalidAmountError) return undefined;
      throw error;
    }
  }, [view, kind, side, input.margin, input.leverage, deployment]);

  const limitTerms = useMemo(() => {
    if (kind !== "limit" || !view || faults.limit || faults.leverage || !/^\d/.test(input.margin)) return undefined;
    try {
      const marginAmount = parseCollateral(deployment, input.margin);
      const limitPrice = parseWad(input.limit);
      const sized = limitSize(
        { price: limitPrice, margin: marginAmount, leverage: parseLeverage(input.leverage) },
        deployment,
      );
      return { price: limitPrice, margin: marginAmount, size: sized };
    } catch (error) {
      if (error instanceof InvalidAmountError) return undefined;
      throw error;
    }
  }, [kind, view, faults.limit, faults.leverage, input.margin, input.limit, input.leverage, deployment]);

  const submit = useMutation({
    mutationFn: async () => {
      const { openPosition } = await import("@counterpoise/sdk/trade");
      const client = await signer();
      const fee = exitFee ?? 0n;
      if (kind === "limit") {
        if (!limitTerms || !config.ordersUrl) throw new Error(text.noOrders);
        const priceOrNone = (given: string) => (given === "" ? undefined : parseWad(given));
        const { signLimitOrder } = await import("./limit-order.js");
        const signed = await signLimitOrder(client, deployment, {
          ...limitTerms,
          side,
          fee,
          maker: deployment.oracleMaker,
          takeProfitPrice: priceOrNone(input.takeProfit),
          stopPrice: priceOrNone(input.stop),
        });
        await deliver(config.ordersUrl, deployment, signed);
        return { signed: 1 };
      }
      const plan = await openPosition(client, {
        deployment,
        side,
        margin: input.margin,
        leverage: input.leverage,
        slippage: `${input.slippage}%`,
        ...(update && { prices: update }),
        ...(input.takeProfit !== "" && { takeProfit: input.takeProfit }),
        ...(input.stop !== "" && { stopLoss: input.stop }),
        ...((input.takeProfit !== "" || input.stop !== "") && { exitFee: formatCollateral(deployment, fee) }),
      });
      const { prediction } = plan;
      if (prediction.outcome !== "executes") {
        const { title, detail } = messageOf(revertOf(prediction.obstacle), deployment);
        throw new Error(strings.errors.wouldFail(prediction.outcome, `${title}. ${detail}`));
      }
      const { exits } = await plan.send();
      if (exits.length > 0 && config.ordersUrl) {
        // The fill of one exit ends the other: the fund pays one fee.
        const { addToFund } = await import("./limit-order.js");
        await addToFund(client, deployment, fee);
        for (const exit of exits) await deliver(config.ordersUrl, deployment, exit);
      }
      return { signed: exits.length };
    },
    onSuccess: () => {
      setMargin("");
      setTouched(false);
    },
    onSettled: refresh,
  });

  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    setTouched(true);
    if (isValid && address && isOnChain && !submit.isPending) submit.mutate();
  };
  const shownFault = (field: keyof Faults, given: string) => (isTouched || given !== "" ? faults[field] : undefined);
  const canSign = config.ordersUrl !== undefined;

  return (
    <section className="panel ticket" aria-label={text.title}>
      <form onSubmit={onSubmit} noValidate>
        <Choice
          label={text.side}
          className="sides"
          chosen={side}
          onChoose={setSide}
          options={[
            { value: "long", label: text.long, className: "long" },
            { value: "short", label: text.short, className: "short" },
          ]}
        />
        <Choice
          label={text.kind}
          className="kinds"
          chosen={kind}
          onChoose={setKind}
          options={[
            { value: "market", label: text.market },
            { value: "limit", label: text.limit },
          ]}
        />
        {kind === "limit" && (
          <AmountField
            label={text.limitPrice}
            name="limit"
            unit={symbol}
            value={limit}
            onChange={setLimit}
            fault={shownFault("limit", limit)}
          />
        )}
        <AmountField
          label={text.margin}
          name="margin"
          unit={symbol}
          value={margin}
          onChange={setMargin}
          fault={shownFault("margin", margin)}
          note={address ? text.marginHelp(amount(wallet, deployment.collateralDecimals), symbol) : undefined}
          action={
            wallet ? { label: text.max, onClick: () => setMargin(formatCollateral(deployment, wallet)) } : undefined
          }
        />
        <div className="leverage">
          <AmountField
            label={text.leverage}
            name="leverage"
            unit="×"
            value={leverage}
            onChange={setLeverage}
            fault={faults.leverage}
            isInline
          />
          <input
            type="range"
            aria-label={text.leverageSlider}
            min={1}
            max={mostText || 1}
            step={0.1}
            value={Number(input.leverage) || 1}
            onChange={(event) => setLeverage(event.target.value)}
          />
        </div>
        <label className={`check ${canSign ? "" : "disabled"}`} title={canSign ? undefined : text.noOrders}>
          <input
            type="checkbox"
            checked={hasExits}
            disabled={!canSign}
            onChange={(event) => setExits(event.target.checked)}
          />
          {text.exits}
        </label>
        {hasExits && (
          <>
            <div className="pair">
              <AmountField
                label={text.takeProfit}
                name="takeProfit"
                unit={symbol}
                value={takeProfit}
                onChange={setTakeProfit}
                fault={faults.takeProfit}
              />
              <AmountField
                label={text.stopLoss}
                name="stop"
                unit={symbol}
                value={stop}
                onChange={setStop}
                fault={faults.stop}
              />
            </div>
            <p className="muted small">{text.exitsHelp(amount(exitFee, deployment.collateralDecimals), symbol)}</p>
          </>
        )}
        {kind === "market" && (
          <AmountField
            label={text.slippage}
            name="slippage"
            unit="%"
            value={slippage}
            onChange={setSlippage}
            fault={faults.slippage}
            isInline
          />
        )}
        {kind === "market" ? (
          <PreviewTable
            preview={preview}
            view={view}
            bond={
              preview?.best && market && rules && preview.best.maker.kind === "oracle"
                ? bondOf({
                    amount: preview.size,
                    isExactBase: true,
                    price: market.fees.price === 0n ? (view?.price ?? 0n) : market.fees.price,
                    bondRatio: rules.rules.bondRatio,
                    decimals: deployment.collateralDecimals,
                  })
                : preview?.best && 0n
            }
            keeperFee={rules?.keeperFee}
          />
        ) : (
          <LimitTable terms={limitTerms} fee={exitFee} bondRatio={rules?.signed.bondRatio} />
        )}
        {kind === "market" && preview?.obstacle && (
          <Notice tone="warning" title={messageOf(revertOf(preview.obstacle), deployment).title}>
            {messageOf(revertOf(preview.obstacle), deployment).detail}
          </Notice>
        )}
        {preview && !preview.best && <Notice tone="warning">{text.noMaker}</Notice>}
        {view && view.price === undefined && <Notice tone="warning">{text.noPrice}</Notice>}
        {kind === "limit" && !canSign && <Notice tone="warning">{text.noOrders}</Notice>}
        {address && !isOnChain && <WrongNetwork />}
        <button
          type="submit"
          className={`primary wide ${side}`}
          data-testid="submit-order"
          disabled={!address || !isOnChain || submit.isPending || (kind === "limit" && !canSign)}
        >
          {submit.isPending
            ? text.sending
            : !address
              ? strings.wallet.connect
              : kind === "limit"
                ? text.submitLimit(side, base)
                : text.submit(side, base)}
        </button>
        <Failure error={submit.error} />
        {submit.isSuccess && kind === "limit" && <Notice>{text.signed}</Notice>}
      </form>
      <OrderProgress />
    </section>
  );
}

function PreviewTable({
  preview,
  view,
  bond,
  keeperFee,
}: {
  preview: Preview | undefined;
  view: View | undefined;
  bond: bigint | undefined;
  keeperFee: bigint | undefined;
}) {
  const { config, deployment } = useApp();
  const base = baseName(deployment);
  const symbol = deployment.collateralSymbol;
  const words = strings.preview;
  const found = preview?.best?.quote;
  const after = preview?.after;
  const fees = after?.feesPerHour;
  const liquidation =
    after &&
    (after.size === 0n ? words.noRisk : after.liquidationPrice === 0n ? words.noRisk : price(after.liquidationPrice));
  const with_ = (value: string, unit: string) => (value === UNKNOWN ? UNKNOWN : `${value} ${unit}`);
  const impactRatio =
    found && found.base !== 0n && view?.price
      ? (found.impact * WAD * WAD) / ((found.base < 0n ? -found.base : found.base) * view.price)
      : undefined;
  return (
    <>
      <dl className="preview" aria-label={words.label}>
        <Line label={words.size} value={with_(size(preview?.size), base)} name="preview-size" />
        <Line label={words.averagePrice} value={price(found?.averagePrice)} name="preview-price" />
        <Line
          label={words.impact}
          help={words.impactHelp}
          value={found ? `${quote(found.impact)} ${symbol} (${percent(impactRatio, { min: 3 })})` : UNKNOWN}
          name="preview-impact"
        />
        <Line label={words.fee} value={with_(quote(found?.tradingFee), symbol)} name="preview-fee" />
        <Line label={words.liquidationPrice} value={liquidation ?? UNKNOWN} name="preview-liquidation" />
        <Line label={words.leverageAfter} value={leverageText(after?.leverage)} name="preview-leverage" />
        <Line
          label={words.feesPerHour}
          value={with_(fees ? amount(fees.funding + fees.borrowing, 18, { min: 4 }) : UNKNOWN, symbol)}
          name="preview-fees"
        />
        <Line
          label={words.bond}
          help={words.bondHelp}
          value={with_(amount(bond, deployment.collateralDecimals), symbol)}
        />
        <Line label={words.keeperFee} value={with_(amount(keeperFee, 18, { min: 0, max: 6 }), config.nativeSymbol)} />
      </dl>
      {preview && (
        <details className="makers" open>
          <summary>
            {words.maker}:{" "}
            <span className="strong">{preview.best ? strings.makers[preview.best.maker.kind] : UNKNOWN}</span>
          </summary>
          <table>
            <caption className="hidden">{words.others}</caption>
            <tbody>
              {preview.quotes.map(({ maker, quote: each }) => (
                <tr key={maker.address} className={maker.address === preview.best?.maker.address ? "best" : ""}>
                  <th scope="row">{strings.makers[maker.kind]}</th>
                  <td>{each ? price(each.averagePrice) : words.rejects}</td>
                  <td className={`tone-${each ? (toneOf(-each.impact) ?? "none") : "none"}`}>
                    {each ? quote(-each.impact, { sign: "always" }) : ""}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </details>
      )}
    </>
  );
}

function LimitTable({
  terms,
  fee,
  bondRatio,
}: {
  terms: { price: bigint; margin: bigint; size: bigint } | undefined;
  fee: bigint | undefined;
  bondRatio: number | undefined;
}) {
  const { deployment } = useApp();
  const symbol = deployment.collateralSymbol;
  const decimals = deployment.collateralDecimals;
  const bond =
    terms && bondRatio !== undefined
      ? bondOf({ amount: terms.size, isExactBase: true, price: terms.price, bondRatio, decimals })
      : undefined;
  const total = terms && bond !== undefined && fee !== undefined ? terms.margin + bond + fee : undefined;
  const with_ = (value: bigint | undefined) => (value === undefined ? UNKNOWN : `${amount(value, decimals)} ${symbol}`);
  return (
    <>
      <dl className="preview" aria-label={strings.preview.label}>
        <Line
          label={strings.preview.size}
          value={terms ? `${size(terms.size)} ${baseName(deployment)}` : UNKNOWN}
          name="preview-size"
        />
        <Line label={strings.preview.bond} help={strings.preview.bondHelp} value={with_(bond)} />
        <Line label={strings.preview.keeperFee} value={with_(fee)} />
      </dl>
      {total !== undefined && <p className="muted small">{text.limitHelp(amount(total, decimals), symbol)}</p>}
    </>
  );
}
