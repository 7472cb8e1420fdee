// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IClearingHouse} from "../interfaces/IClearingHouse.sol";
import {IMarginPayer} from "../interfaces/ILockCallbacks.sol";
import {ILpModule} from "../interfaces/ILpModule.sol";
import {ILpSliceActions} from "../interfaces/ILpSlice.sol";
import {FillInput, IMaker} from "../interfaces/IMaker.sol";
import {IOracleMaker} from "../interfaces/IOracleMaker.sol";
import {DelayedApproval} from "../libraries/DelayedApproval.sol";
import {Base, BaseLib, PPM, Price, Quote, QuoteLib, WAD} from "../types/Units.sol";
import {LpModule} from "./lp/LpModule.sol";
import {LpQuotesProxy} from "./lp/LpQuotesProxy.sol";
import {LpVault} from "./lp/LpVault.sol";
import {OracleAccounting} from "./oracle/OracleAccounting.sol";
import {OracleQuotes} from "./oracle/OracleQuotes.sol";

/// @title An LP vault that quotes around the oracle price with a premium for its inventory
/// @notice LPs deposit the exchange's collateral, which is the maker's margin, and bear the risk of its inventory. The curve
/// is {InventoryCurve}. Only approved senders (gateways) can bring orders, because the stored oracle price can be
/// front-run.
/// @dev Quotes, for takers and LPs, run in {OracleQuotes}.
contract OracleMaker is OracleAccounting, LpModule, LpQuotesProxy, ILpModule, ILpSliceActions, IMaker, IMarginPayer {
    using SafeERC20 for *;

    /// @dev Maximum of {Parameters-confidenceFactor}: ten times the confidence, ppm.
    uint256 private constant MAX_CONFIDENCE_FACTOR = 10 * PPM;

    constructor(
        string memory name_,
        string memory symbol_,
        address owner_,
        IClearingHouse clearingHouse_,
        uint256 marketId_,
        Parameters memory parameters_
    )
        LpVault(name_, symbol_, owner_, clearingHouse_, marketId_, clearingHouse_.vault().asset())
        LpQuotesProxy(new OracleQuotes(clearingHouse_, marketId_))
    {
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

    // --------------------------------------------------------------------------------------------- exit in kind ----

    /// @inheritdoc ILpSliceActions
    /// @dev All assets are margin, which the Backstop moves.
    function redeemSlice(uint256 shares, uint256, uint256, uint256)
        external
        onlyExchange
        returns (uint256 assetXCD, uint256 baseXCD)
    {
        _burn(msg.sender, shares);
        return (0, 0);
    }

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

    /// @inheritdoc IOracleMaker
    function getPrices()
        external
        view
        readsFrom(address(lpQuotes))
        returns (uint256 bid, uint256 ask, uint256 reservationPrice)
    {}

    /// @inheritdoc IOracleMaker
    function getQuote(bool isBaseToQuote, bool isExactInput, uint256 amount)
        external
        view
        readsFrom(address(lpQuotes))
        returns (uint256 oppositeAmount)
    {}

    /// @inheritdoc IOracleMaker
    function previewFill(bool isBaseToQuote, bool isExactInput, uint256 amount)
        external
        view
        readsFrom(address(lpQuotes))
        returns (Fill memory)
    {}

    /// @inheritdoc IOracleMaker
    function getRemainingCapacity() external view readsFrom(address(lpQuotes)) returns (uint256 buys, uint256 sells) {}

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
        _vault.reportCapacity(marketId, parameters_.maxAbsPosition, parameters_.maxAbsPosition);
    }

    /// @dev (1 + maxSpread) (1 + maxConfidencePremium) (1 + lpFee) - 1, ppm, up: distance above the oracle price at
    /// which the last wei before the cap is sold. The last purchase before the cap is less far below the oracle price.
    /// A result below 100% bounds each of the three factors below 100%.
    function _greatestDistance(Parameters memory p) private pure returns (uint256) {
        uint256 product = (PPM + p.maxSpread) * (PPM + p.maxConfidencePremium) * (PPM + p.lpFee);
        return Math.ceilDiv(product, PPM * PPM) - PPM;
    }

    function _emitFill(Price price, bool isBaseToQuote, Fill memory fill) private {
        int256 base = BaseLib.toBase(fill.base).unwrap();
        int256 quote = QuoteLib.toQuote(fill.quote).unwrap();
        emit OMOrderFilled(marketId, price.unwrap(), isBaseToQuote ? -base : base, isBaseToQuote ? quote : -quote);
        emit PythOracleOrderFilled(price.unwrap(), fill.tradePrice, fill.base, fill.fee, fill.spread);
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
        _vault.payOutMargin(marketId, payout.amountXCD, receiver);
    }
}
