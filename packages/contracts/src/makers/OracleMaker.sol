// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IBackstop} from "../interfaces/IBackstop.sol";
import {IClearingHouse} from "../interfaces/IClearingHouse.sol";
import {IMarginPayer} from "../interfaces/ILockCallbacks.sol";
import {FillInput, IMaker} from "../interfaces/IMaker.sol";
import {IOracleMaker} from "../interfaces/IOracleMaker.sol";
import {DelayedApproval} from "../libraries/DelayedApproval.sol";
import {InventoryCurve} from "../libraries/InventoryCurve.sol";
import {MarginMath} from "../libraries/MarginMath.sol";
import {MarketStatus} from "../types/Market.sol";
import {Base, BaseLib, PPM, Price, Quote, QuoteLib, WAD, ZERO_QUOTE} from "../types/Units.sol";
import {LpModule} from "./lp/LpModule.sol";
import {LpVault} from "./lp/LpVault.sol";

/// @title An LP vault that quotes around the oracle price with a premium for its inventory
/// @notice LPs deposit the exchange's collateral, which is the maker's margin, and bear the risk of its inventory. The curve
/// is {InventoryCurve}. Only approved senders (gateways) can bring orders, because the stored oracle price can be
/// front-run.
contract OracleMaker is LpModule, IMaker, IMarginPayer, IOracleMaker {
    using InventoryCurve for InventoryCurve.Curve;
    using SafeERC20 for *;

    /// @dev Maximum of {Parameters-confidenceFactor}: ten times the confidence, ppm.
    uint256 private constant MAX_CONFIDENCE_FACTOR = 10 * PPM;

    Parameters private _parameters;
    /// @dev Seconds; zero for a sender that is not approved.
    mapping(address sender => uint256 effectiveAt) private _senders;

    constructor(
        string memory name_,
        string memory symbol_,
        address owner_,
        IClearingHouse clearingHouse_,
        uint256 marketId_,
        Parameters memory parameters_
    ) LpVault(name_, symbol_, owner_, clearingHouse_, marketId_, clearingHouse_.vault().asset()) {
        _setParameters(parameters_);
    }

    // ---------------------------------------------------------------------------------------------------- owner ----

    /// @notice Sets the maker's curve, fee and margin floor. The most distant fill (at the cap, with the fee and the maximum
    /// confidence premium) must be within the market's current price band. Reverts with `RatioOutOfRange`,
    /// `InvalidMaxAbsPosition`, `InvalidConfidencePremium`, `PriceBandTooNarrow`.
    function setParameters(Parameters calldata parameters_) external onlyOwner {
        _setParameters(parameters_);
    }

    /// @notice Approves a gateway as a sender of orders, or withdraws the approval. An approval is subject to the delay of
    /// {DelayedApproval}, because a sender chooses the time at which the maker's price is taken (T43).
    function setValidSender(address sender, bool approved) external onlyOwner {
        uint256 effectiveAt = DelayedApproval.effectiveAt(oracle, approved);
        _senders[sender] = effectiveAt;
        emit ValidSenderSet(sender, approved, effectiveAt);
    }

    // ---------------------------------------------------------------------------------------------------- maker ----

    /// @inheritdoc IMaker
    function fillOrder(bool isBaseToQuote, bool isExactInput, uint256 amount, bytes calldata data)
        external
        onlyClearingHouse
        returns (uint256 oppositeAmount, bytes memory callbackData)
    {
        FillInput memory input = abi.decode(data, (FillInput));
        if (!isValidSender(input.sender)) revert SenderNotApproved(input.sender);
        Fill memory fill = _fill(input, isBaseToQuote, isExactInput, amount);
        _emitFill(input.price, isBaseToQuote, fill);
        oppositeAmount = isBaseToQuote == isExactInput ? fill.quote : fill.base;

        Base base = BaseLib.toBase(fill.base);
        if (!isBaseToQuote) base = -base;
        // Only a fill that increases the exposure requests the margin check (T9).
        if (!input.makerSize.isReducedBy(base)) callbackData = hex"01";
    }

    /// @inheritdoc IMaker
    function fillOrderCallback(bytes calldata data) external view onlyClearingHouse {
        (int256 accountValue, uint256 notional) = abi.decode(data, (int256, uint256));
        _checkMinMarginRatio(accountValue, notional, _parameters.minMarginRatio);
    }

    /// @inheritdoc IMaker
    /// @dev Nothing to do: this maker carries inventory without a hedge.
    function onPositionForced(int256 base, int256 quote, uint256 price) external view onlyExchange {}

    // ---------------------------------------------------------------------------------------------------- views ----

    /// @inheritdoc IMaker
    /// @dev All assets are in the margin.
    function paysOwnDebt() external pure returns (bool) {
        return false;
    }

    /// @notice Whether the maker fills orders of this sender now.
    function isValidSender(address sender) public view returns (bool) {
        return DelayedApproval.isInForce(_senders[sender]);
    }

    /// @notice Time at which a sender's approval takes or took effect, seconds; zero without approval.
    function senderSince(address sender) external view returns (uint256) {
        return _senders[sender];
    }

    function maxSpread() external view returns (uint256) {
        return _parameters.maxSpread;
    }

    function maxAbsPosition() external view returns (uint256) {
        return _parameters.maxAbsPosition;
    }

    function minMarginRatio() external view returns (uint256) {
        return _parameters.minMarginRatio;
    }

    function parameters() external view returns (Parameters memory) {
        return _parameters;
    }

    /// @notice Marginal prices at the stored oracle price and the current inventory, WAD quote per base: of an infinitesimal
    /// buy (`ask`, up) and sell (`bid`, down), confidence premium and fee included; and the reservation price of the
    /// inventory, m (1 - s x / X), without them.
    function getPrices() external view returns (uint256 bid, uint256 ask, uint256 reservationPrice) {
        Parameters memory p = _parameters;
        FillInput memory input = _now();
        bid = _curve(p, input, false).marginalPrice();
        ask = _curve(p, input, true).marginalPrice();
        reservationPrice = InventoryCurve.reservationPrice(input.price, input.makerSize, p.maxSpread, p.maxAbsPosition);
    }

    /// @notice The opposite amount of an order at the stored price.
    /// @return oppositeAmount WAD
    function getQuote(bool isBaseToQuote, bool isExactInput, uint256 amount)
        external
        view
        returns (uint256 oppositeAmount)
    {
        Fill memory fill = _fill(_now(), isBaseToQuote, isExactInput, amount);
        return isBaseToQuote == isExactInput ? fill.quote : fill.base;
    }

    /// @notice The fill of an order on the maker's curve at the stored price, as its events would report it. It does not
    /// check whether the exchange admits the trade (margin, band, the maker's margin ratio): see
    /// {IClearingHouse-quoteTrade}. Reverts with `MakerCapacityExceeded`, `MakerQuoteCapacityExceeded`.
    function previewFill(bool isBaseToQuote, bool isExactInput, uint256 amount) external view returns (Fill memory) {
        return _fill(_now(), isBaseToQuote, isExactInput, amount);
    }

    /// @notice Maximum amounts that takers can buy and sell until the inventory is at its cap, WAD base. The margin ratio may
    /// admit less.
    function getRemainingCapacity() external view returns (uint256 buys, uint256 sells) {
        Base size = _position().size;
        uint256 cap = _parameters.maxAbsPosition;
        // The capacity does not depend on the price.
        buys = InventoryCurve.from(0, 1, size, true, 0, cap).capacity();
        sells = InventoryCurve.from(0, 1, size, false, 0, cap).capacity();
    }

    /// @inheritdoc IMaker
    function getUtilRatio() external view returns (uint256 longUtilRatio, uint256 shortUtilRatio) {
        Base size = _position().size;
        uint256 ratio = Math.min(WAD, size.abs() * WAD / _parameters.maxAbsPosition);
        // Shorts use a long maker.
        return size.unwrap() > 0 ? (uint256(0), ratio) : (ratio, uint256(0));
    }

    /// @inheritdoc IMaker
    function getCapacity() external view returns (uint256 long, uint256 short) {
        return (_parameters.maxAbsPosition, _parameters.maxAbsPosition);
    }

    /// @inheritdoc IMaker
    function requiredBand() external view returns (uint256) {
        return _greatestDistance(_parameters);
    }

    /// @inheritdoc IMaker
    function isSpotHedged() external pure returns (bool) {
        return false;
    }

    // -------------------------------------------------------------------------------------------------- internal ----

    function _setParameters(Parameters memory parameters_) private {
        _checkRatio(parameters_.maxSpread, 0, PPM);
        (,, uint256 initialMarginRatio,) = _vault.marginRatiosOf(marketId);
        _checkRatio(parameters_.minMarginRatio, initialMarginRatio, PPM);
        _checkRatio(parameters_.confidenceFactor, 0, MAX_CONFIDENCE_FACTOR);
        if (parameters_.maxAbsPosition == 0) revert InvalidMaxAbsPosition(0);
        if ((parameters_.confidenceFactor == 0) != (parameters_.maxConfidencePremium == 0)) {
            revert InvalidConfidencePremium(parameters_.confidenceFactor, parameters_.maxConfidencePremium);
        }
        uint256 distance = _greatestDistance(parameters_);
        uint256 priceBand = clearingHouse.rulesOf(marketId).priceBand;
        if (distance > priceBand) revert PriceBandTooNarrow(distance, priceBand);
        _parameters = parameters_;
        emit ParametersSet(parameters_);
        _vault.setCapacity(marketId, parameters_.maxAbsPosition, parameters_.maxAbsPosition);
    }

    /// @dev (1 + maxSpread) (1 + maxConfidencePremium) (1 + lpFee) - 1, ppm, up: distance above the oracle price at
    /// which the last wei before the cap is sold. The last purchase before the cap is less far below the oracle price.
    /// A result below 100% bounds each of the three factors below 100%.
    function _greatestDistance(Parameters memory p) private pure returns (uint256) {
        uint256 product = (PPM + p.maxSpread) * (PPM + p.maxConfidencePremium) * (PPM + p.lpFee);
        return Math.ceilDiv(product, PPM * PPM) - PPM;
    }

    /// @dev The input of a fill at the stored price and the current inventory.
    function _now() private view returns (FillInput memory input) {
        (input.price, input.confidence,) = oracle.getPrice(marketId);
        input.makerSize = _position().size;
    }

    function _curve(Parameters memory p, FillInput memory input, bool takerBuys)
        private
        pure
        returns (InventoryCurve.Curve memory)
    {
        (uint256 price, uint256 unit) = InventoryCurve.flatPrice(
            input.price, input.confidence, takerBuys, p.confidenceFactor, p.maxConfidencePremium, p.lpFee
        );
        return InventoryCurve.from(price, unit, input.makerSize, takerBuys, p.maxSpread, p.maxAbsPosition);
    }

    function _fill(FillInput memory input, bool isBaseToQuote, bool isExactInput, uint256 amount)
        private
        view
        returns (Fill memory fill)
    {
        Parameters memory p = _parameters;
        InventoryCurve.Curve memory curve = _curve(p, input, !isBaseToQuote);
        (fill.base, fill.quote) =
            isBaseToQuote == isExactInput ? (amount, curve.quoteForBase(amount)) : (curve.baseForQuote(amount), amount);
        if (p.lpFee != 0) {
            fill.fee = Math.mulDiv(fill.quote, p.lpFee, isBaseToQuote ? PPM - p.lpFee : PPM + p.lpFee);
        }
        if (fill.base != 0) fill.tradePrice = Math.mulDiv(fill.quote, WAD, fill.base);
        fill.spread = _distance(fill.tradePrice, input.price.unwrap());
    }

    function _emitFill(Price price, bool isBaseToQuote, Fill memory fill) private {
        int256 base = BaseLib.toBase(fill.base).unwrap();
        int256 quote = QuoteLib.toQuote(fill.quote).unwrap();
        emit OMOrderFilled(marketId, price.unwrap(), isBaseToQuote ? -base : base, isBaseToQuote ? quote : -quote);
        emit PythOracleOrderFilled(price.unwrap(), fill.tradePrice, fill.base, fill.fee, fill.spread);
    }

    /// @dev |tradePrice / oraclePrice - 1|, ppm, down.
    function _distance(uint256 tradePrice, uint256 oraclePrice) private pure returns (uint256) {
        uint256 difference = tradePrice > oraclePrice ? tradePrice - oraclePrice : oraclePrice - tradePrice;
        return Math.mulDiv(difference, PPM, oraclePrice);
    }

    /// @inheritdoc LpModule
    /// @dev Account value. On this curve, fills that reduce the inventory are priced at the oracle price. Fee and
    /// confidence premium are income once a taker pays them (D56).
    function _totalAssets(Valuation memory v) internal pure override returns (int256) {
        return v.accountValue.unwrap();
    }

    /// @inheritdoc LpModule
    function _needsPrice(Valuation memory v, bool) internal pure override returns (bool) {
        return !v.position.size.isZero();
    }

    /// @inheritdoc LpModule
    /// @dev Always: a flat maker needs no price, but orders that are about to fill are visible, and an LP could enter or leave
    /// between them (T59).
    function _needsRequest(Valuation memory, bool) internal pure override returns (bool) {
        return true;
    }

    /// @inheritdoc LpModule
    /// @dev The Vault pays no margin of a position in a paused market.
    function _isFrozen(Valuation memory v) internal view override returns (bool) {
        return !v.position.size.isZero() && clearingHouse.statusOf(marketId) >= MarketStatus.Paused;
    }

    /// @inheritdoc LpModule
    /// @dev A known shortfall that the maker's profit may have to pay stays behind (T58).
    function _entitlement(Valuation memory v, uint256 shares) internal view override returns (uint256, uint256) {
        Quote value = v.accountValue;
        v.accountValue = value - _withheld(v);
        uint256 amountXCD = _shareOfAssets(v, shares);
        v.accountValue = value;
        return (amountXCD, 0);
    }

    /// @dev Asks the Backstop only while a shortfall is known, which the Vault records in a word that {_value} has read.
    function _withheld(Valuation memory v) private view returns (Quote) {
        if (v.position.size.isZero() || !_vault.hasShortfall(marketId)) return ZERO_QUOTE;
        return QuoteLib.toQuote(IBackstop(_vault.backstop()).withheldFrom(marketId, address(this), v.price));
    }

    /// @inheritdoc LpModule
    /// @dev Limited by the Vault's rule for withdrawals (L6: no unrealised profit), by the maker's margin ratio, and by the
    /// balance of the market.
    function _payableXCD(Valuation memory v) internal view override returns (uint256) {
        uint256 notional = v.position.size.isZero() ? 0 : v.position.size.notionalCeil(v.price);
        uint256 byMaker = _excess(v.accountValue, MarginMath.requirementCeil(notional, _parameters.minMarginRatio));
        return Math.min(byMaker / assetScale, _vault.freeMarginOf(marketId, address(this)));
    }

    /// @inheritdoc LpModule
    /// @dev One transfer, from the LP to the Vault.
    function _takeIn(uint256 amountXCD) internal override returns (uint256 receivedXCD) {
        return _vault.receiveMargin(marketId, abi.encode(msg.sender, amountXCD));
    }

    /// @inheritdoc IMarginPayer
    function payMargin(bytes calldata data) external {
        _checkVault();
        (address lp, uint256 amountXCD) = abi.decode(data, (address, uint256));
        asset.safeTransferFrom(lp, address(_vault), amountXCD);
    }

    /// @inheritdoc LpModule
    /// @dev The Vault requires the initial margin of the remaining position, and this function the maker's own floor.
    function _payOut(Valuation memory v, Payout memory payout, address receiver) internal override {
        if (!v.position.size.isZero()) {
            Quote left = v.accountValue - QuoteLib.toQuote(payout.amountXCD * assetScale);
            _checkMinMarginRatio(left.unwrap(), v.position.size.notionalCeil(v.price), _parameters.minMarginRatio);
        }
        _vault.withdrawMargin(marketId, payout.amountXCD, receiver);
    }

    /// @dev Excess of an amount over a requirement, WAD quote; zero when it is below.
    function _excess(Quote amount, uint256 required) private pure returns (uint256) {
        uint256 held = amount.positivePart();
        return held > required ? held - required : 0;
    }
}
