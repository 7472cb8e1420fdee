// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IClearingHouse, TradeParams} from "../../interfaces/IClearingHouse.sol";
import {IQuoteMargin} from "../../interfaces/IQuoteMargin.sol";
import {IQuoteHedger} from "../../interfaces/ISpotHedger.sol";
import {IVault} from "../../interfaces/IVault.sol";
import {HedgeMarginMath} from "../../libraries/HedgeMarginMath.sol";
import {HedgeMath} from "../../libraries/HedgeMath.sol";
import {MarginMath} from "../../libraries/MarginMath.sol";
import {Cast} from "../../types/Cast.sol";
import {FeedChangesBefore} from "../../types/Errors.sol";
import {Position} from "../../types/Position.sol";
import {BaseLib, PPM, Price, Quote, WAD} from "../../types/Units.sol";
import {QuoteVaultStorage} from "./QuoteVaultStorage.sol";
import {SpotHedgeStorage} from "./SpotHedgeStorage.sol";

/// @title The margin module of a quote vault: keepers and the rules of margin
/// @notice Keepers restore the margin's target ({rebalance}), and close a part of the position when account value and
/// balance together are too small ({announceDeleverage}, {deleverage}).
/// @dev Runs on the storage of a {SpotHedgeQuoteMaker}. It requests swaps from the maker by external calls of its own
/// address ({IQuoteHedger}), because the adapter asks the maker's code for the payment. The deployed module owns
/// itself, so its owner functions revert when they are called directly.
contract QuoteMargin is QuoteVaultStorage, IQuoteMargin {
    using SafeERC20 for IERC20;
    using Cast for *;
    using SafeCast for uint256;

    /// @dev The quote vault and its margin at one moment.
    struct MarginState {
        Position position;
        /// @dev Zero for a flat quote vault, which is valued without a price.
        Price price;
        /// @dev The lesser of margin and account value, after pending fees; WAD quote. Unrealised loss counts, unrealised
        /// profit does not.
        Quote counted;
        /// @dev Account value and balance, WAD quote.
        Quote funds;
        uint256 notional;
        /// @dev WAD quote that `counted` lacks of the target (> 0) or has beyond it (< 0).
        int256 lacking;
        /// @dev Distance from the target up to which {rebalance} moves nothing, WAD quote.
        uint256 band;
        /// @dev Least funds without a deleveraging, WAD quote.
        uint256 floor;
    }

    constructor(IClearingHouse clearingHouse_, uint256 marketId_, IERC20 baseToken_)
        SpotHedgeStorage("", "", address(this), clearingHouse_, marketId_, clearingHouse_.vault().asset(), baseToken_)
    {}

    // ---------------------------------------------------------------------------------------------------- owner ----

    /// @inheritdoc IQuoteMargin
    function setQuoteRules(QuoteRules calldata rules) external onlyOwner {
        _setQuoteRules(rules);
        _vault.reportCapacity(marketId, 0, _capacity());
    }

    // --------------------------------------------------------------------------------------------------- keepers ----

    /// @inheritdoc IQuoteMargin
    function rebalance() external returns (int256 movedXCD) {
        if (!_position().isMaker) revert IVault.NotMaker(address(this), marketId);
        bool isGapClosed = _tryCloseGap();
        MarginState memory s = _marginState();
        movedXCD = _toMove(s);
        if (movedXCD == 0) {
            if (isGapClosed) return 0;
            revert NothingToRebalance(s.counted.unwrap(), _target(s));
        }
        uint256 amountXCD = movedXCD.magnitude();
        uint256 feeXCD = _keeperFee(amountXCD);
        if (movedXCD > 0) {
            // The fee comes first: without it no keeper would act on the last of the balance.
            amountXCD = Math.min(amountXCD, assetBalance - feeXCD);
            movedXCD = amountXCD.toInt();
            _moveIn(amountXCD);
        } else {
            _moveOut(amountXCD);
        }
        emit Rebalanced(msg.sender, movedXCD, feeXCD);
        _payKeeper(feeXCD);
    }

    /// @inheritdoc IQuoteMargin
    function announceDeleverage() external {
        QuoteRules memory rules = _quoteRules;
        uint256 expiresAt = deleverageAt + rules.validity;
        if (deleverageAt != 0 && block.timestamp <= expiresAt) revert DeleverageAlive(block.timestamp, expiresAt);
        MarginState memory s = _marginState();
        if (!_isUnderfunded(s)) revert EnoughFunds(s.funds.unwrap(), s.floor);
        uint256 executableAt = oracle.commitmentTime(marketId) + rules.delay;
        expiresAt = executableAt + rules.validity;
        uint256 changeAt = oracle.nextFeedChangeAt(marketId);
        if (changeAt != 0 && expiresAt >= changeAt) revert FeedChangesBefore(expiresAt, changeAt);
        deleverageAt = executableAt.toUint64();
        emit DeleverageAnnounced(msg.sender, executableAt, expiresAt);
    }

    /// @inheritdoc IQuoteMargin
    function deleverage(address maker, bytes[] calldata updateData) external returns (uint256 base) {
        QuoteRules memory rules = _quoteRules;
        uint256 due = deleverageAt;
        if (due == 0 || block.timestamp < due) revert DeleverageNotDue(block.timestamp, due);
        uint256 expiresAt = due + rules.validity;
        if (block.timestamp > expiresAt) revert DeleverageExpired(block.timestamp, expiresAt);
        deleverageAt = 0;
        uint256 lastPublishTime = due + rules.priceWindow;
        Price price = oracle.beginExecution(marketId, updateData, due, lastPublishTime);
        uint256 feeXCD;
        (base, feeXCD) = _deleverage(rules, maker, price, block.timestamp > lastPublishTime);
        // Before the payment, in which the keeper's token may call any contract (T26).
        oracle.endExecution();
        _payKeeper(feeXCD);
    }

    // ---------------------------------------------------------------------------------------------------- views ----

    /// @inheritdoc IQuoteMargin
    function getHedge() external view returns (QuoteHedge memory hedge) {
        MarginState memory s = _marginState();
        hedge.price = s.price.unwrap();
        hedge.size = s.position.size.unwrap();
        (hedge.baseBalance, hedge.quoteBalance) = (baseBalance, assetBalance);
        hedge.reserveXCD = _reserveUp(s.notional);
        (hedge.margin, hedge.targetMargin) = (s.counted.unwrap(), _target(s));
        if (s.position.isMaker) hedge.toMoveXCD = _toMove(s);
        if (_isUnderfunded(s)) hedge.toClose = _toClose(s) * _baseScale;
        hedge.deleverageAt = deleverageAt;
        hedge.keeperPaidFrom = _keeperPaidAt == 0 ? 0 : _keeperPaidAt + _quoteRules.keeperInterval;
    }

    // ------------------------------------------------------------------------------------------------ deleverage ----

    /// @dev Spot leg first: its proceeds are margin for the rest before the perpetual leg is checked. The announced
    /// price and the prices of both legs must be near the live price, {_livePrice}.
    /// @param isLate the price window is over, so that an announcement that cannot be executed is cancelled
    /// @return base WAD, closed; zero for an announcement that was cancelled
    /// @return feeXCD the keeper's fee, in the collateral's own decimals
    function _deleverage(QuoteRules memory rules, address maker, Price price, bool isLate)
        private
        returns (uint256 base, uint256 feeXCD)
    {
        Price live = _livePrice();
        if (!HedgeMath.isNear(WAD, price.unwrap(), live, rules.maxDeleverageDeviation)) {
            if (!isLate) revert DeleveragePriceTooFar(price.unwrap(), live.unwrap(), rules.maxDeleverageDeviation);
            emit DeleverageCancelled(msg.sender, price.unwrap());
            return (0, 0);
        }
        _tryCloseGap();
        uint256 spotQuote;
        (base, spotQuote, feeXCD) = _sellForMargin(rules, price, live);
        if (base == 0) {
            emit DeleverageCancelled(msg.sender, price.unwrap());
            return (0, 0);
        }
        uint256 perpQuote = _buyBack(maker, live, base, rules.maxDeleverageDeviation);
        emit Deleveraged(msg.sender, maker, price.unwrap(), base, spotQuote, perpQuote, feeXCD);
    }

    /// @dev Sells the base, and moves into the margin the amount that the remaining position lacks. The keeper's fee stays
    /// in the balance. Sells nothing while funds are sufficient.
    function _sellForMargin(QuoteRules memory rules, Price price, Price live)
        private
        returns (uint256 base, uint256 spotQuote, uint256 feeXCD)
    {
        MarginState memory s = _marginState();
        if (!_isUnderfunded(s)) return (0, 0, 0);
        uint256 units = _toClose(s);
        base = units * _baseScale;

        uint256 balanceBefore = assetBalance;
        _vault.withLockHeld(abi.encodeCall(IQuoteHedger.sellHeld, (units, live, rules.maxDeleverageDeviation)));
        spotQuote = (assetBalance - balanceBefore) * assetScale;
        feeXCD = _keeperFee(spotQuote / assetScale);
        uint256 left = (s.position.size + BaseLib.toBase(base)).notionalCeil(price);
        int256 lacking = HedgeMarginMath.lacking(s.counted, left, rules.targetMarginRatio);
        if (lacking > 0) _moveIn(Math.min(HedgeMarginMath.toAddUp(lacking, assetScale), assetBalance - feeXCD));
    }

    /// @dev The perpetual leg, at most `maxDeviation` (ppm) above `price`.
    /// @return quote WAD, paid
    function _buyBack(address maker, Price price, uint256 base, uint256 maxDeviation) private returns (uint256) {
        uint256 fair = BaseLib.toBase(base).notionalFloor(price);
        (, int256 quote) = clearingHouse.trade(
            TradeParams({
                marketId: marketId,
                taker: address(this),
                maker: maker,
                isBaseToQuote: false,
                isExactInput: false,
                isReduceOnly: true,
                amount: base,
                oppositeBound: Math.mulDiv(fair, PPM + maxDeviation, PPM),
                deadline: block.timestamp
            })
        );
        // Negative: the quote vault paid it.
        return quote.magnitude();
    }

    /// @dev Closes the hedge gap if the spot market permits.
    function _tryCloseGap() private returns (bool isClosed) {
        if (hedgeGap == 0) return false;
        try IQuoteHedger(address(this)).closeHedgeGap(type(uint256).max) {
            isClosed = true;
        } catch {}
    }

    // ---------------------------------------------------------------------------------------------- margin state ----

    /// @dev Reverts with `Locked` while the system lock is held.
    function _marginState() private view returns (MarginState memory s) {
        Quote accountValue;
        (s.position, s.price, accountValue,) = _vault.getAccountValue(marketId, false, address(this));
        s.funds = accountValue + Quote.wrap((assetBalance * assetScale).toInt());
        // Account value is after pending fees, margin before.
        Quote fees = s.position.value(s.price) - accountValue;
        s.counted = (s.position.margin - fees).min(accountValue);
        QuoteRules memory rules = _quoteRules;
        s.notional = s.position.size.notionalCeil(s.price);
        s.lacking = HedgeMarginMath.lacking(s.counted, s.notional, rules.targetMarginRatio);
        s.band = MarginMath.requirementCeil(s.notional, rules.rebalanceBand);
        s.floor = MarginMath.requirementCeil(s.notional, rules.deleverageRatio);
    }

    /// @dev Amount to move into the margin (> 0) or out of it (< 0), own decimals. Zero within the band.
    function _toMove(MarginState memory s) private view returns (int256) {
        if (s.lacking.magnitude() <= s.band) return 0;
        if (s.lacking > 0) return Math.min(HedgeMarginMath.toAddUp(s.lacking, assetScale), assetBalance).toInt();
        uint256 free = _vault.withdrawableMarginOf(marketId, address(this));
        return -Math.min(s.lacking.magnitude() / assetScale, free).toInt();
    }

    /// @dev Margin that {rebalance} restores, WAD quote.
    function _target(MarginState memory s) private pure returns (uint256) {
        return (s.counted.unwrap() + s.lacking).toUint();
    }

    function _isUnderfunded(MarginState memory s) private pure returns (bool) {
        return s.funds.unwrap() < s.floor.toInt();
    }

    /// @dev In the base token's units, up.
    function _toClose(MarginState memory s) private view returns (uint256) {
        uint256 units = HedgeMarginMath.toCloseUp(s.funds, s.notional, _fundedRatio(), s.price, _baseScale);
        return Math.min(units, s.position.size.abs() / _baseScale);
    }

    // ---------------------------------------------------------------------------------------------- keeper's fee ----

    /// @dev min(cap, ratio x amount), down; nothing before the interval is over. Own decimals.
    function _keeperFee(uint256 amountXCD) private view returns (uint256) {
        QuoteRules memory rules = _quoteRules;
        if (_keeperPaidAt != 0 && block.timestamp < _keeperPaidAt + rules.keeperInterval) return 0;
        return Math.min(Math.mulDiv(amountXCD, rules.keeperFeeRatio, PPM), rules.maxKeeperFeeXCD);
    }

    function _payKeeper(uint256 feeXCD) private {
        if (feeXCD == 0) return;
        _keeperPaidAt = block.timestamp.toUint64();
        assetBalance = (assetBalance - feeXCD).toUint128();
        _meterHedge(address(this), -feeXCD.toInt());
        asset.safeTransfer(msg.sender, feeXCD);
    }
}
