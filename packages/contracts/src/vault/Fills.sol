// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {AccountState, FillSide, FillTerms, IVault, MarginChange, MatchFees, Settlement} from "../interfaces/IVault.sol";
import {FeeMath} from "../libraries/FeeMath.sol";
import {SystemLock} from "../libraries/SystemLock.sol";
import {Cast} from "../types/Cast.sol";
import {FeeState} from "../types/Fees.sol";
import {PackedLedger} from "../types/Market.sol";
import {PackedPosition, Position} from "../types/Position.sol";
import {Base, Price, Quote, QuoteLib} from "../types/Units.sol";
import {VaultBase} from "./VaultBase.sol";

/// @title Settlement of fills, penalties and shortfalls
/// @notice ClearingHouse and Backstop only.
abstract contract Fills is IVault, VaultBase {
    using SafeCast for *;

    // ---------------------------------------------------------------------------------------------------- fills ----

    /// @inheritdoc IVault
    function openFill(uint256 marketId, Price price, address taker, address maker, address caller)
        external
        onlyClearingHouse
        returns (Base takerSize, Base makerSize, Quote makerOpenNotional, Quote makerMargin)
    {
        _checkAuthorized(taker, caller);
        SystemLock.acquireForFill(maker, marketId);
        PackedLedger storage ledger = _market(marketId);
        FeeState memory fees = _accrueAt(ledger, price);
        Position memory position = _positions[marketId][maker].load();
        takerSize = _positions[marketId][taker].load().size;
        makerMargin = position.margin - _pending(ledger, position, fees);
        return (takerSize, position.size, position.openNotional, makerMargin);
    }

    /// @inheritdoc IVault
    function openMatch(
        uint256 marketId,
        Price price,
        address taker,
        address maker,
        address caller,
        MatchFees calldata fees
    ) external onlyClearingHouse returns (Base takerSize, Base makerSize) {
        _checkAuthorized(taker, caller);
        _checkAuthorized(maker, caller);
        // Neither account can use this fill window: no call leaves the exchange before {settleFill} ends it.
        SystemLock.acquireForFill(maker, marketId);
        if (fees.takerXCD != 0) _payFromFund(taker, fees.receiver, fees.takerXCD);
        if (fees.makerXCD != 0) _payFromFund(maker, fees.receiver, fees.makerXCD);
        _accrueAt(_market(marketId), price);
        return (_sizeOfTaker(marketId, taker), _sizeOfTaker(marketId, maker));
    }

    /// @inheritdoc IVault
    function settleFill(FillTerms calldata terms) external onlyExchange returns (Settlement memory settlement) {
        PackedLedger storage ledger = _market(terms.marketId);
        (settlement.initialMarginRatio, settlement.maintenanceMarginRatio) = ledger.marginRatios();
        // {openFill}, {openMatch} or {openForced} accrued the fees in this second.
        FeeState memory fees = ledger.fees.load();
        uint256 decimals = ledger.terms.indexDecimals();
        MarginChange memory takerMargin = _settleSide(settlement.taker, terms, fees, decimals, true);
        MarginChange memory makerMargin = _settleSide(settlement.maker, terms, fees, decimals, false);
        ledger.fees.storeSizes(fees);
        if (terms.tradingFee != 0) {
            _addInsurance(ledger, terms.tradingFee.toInt256());
            emit TradingFeePaid(terms.marketId, terms.taker, terms.tradingFee);
        }
        emit PositionsChanged(
            terms.marketId,
            terms.taker,
            terms.maker,
            terms.base.unwrap(),
            terms.quote.unwrap(),
            terms.price.unwrap(),
            takerMargin,
            makerMargin
        );
        if (terms.isLast) SystemLock.release();
        else SystemLock.endFillWindow();
        if (_drawn != 0) _checkDrawn(terms.marketId, terms.maker, makerMargin.realizedPnl);
    }

    /// @inheritdoc IVault
    function releaseFill() external onlyExchange {
        SystemLock.release();
    }

    // --------------------------------------------------------------------------------------------- forced changes ----

    /// @inheritdoc IVault
    function openForced(uint256 marketId, address account, address maker, Price price)
        external
        onlyExchange
        returns (AccountState memory state)
    {
        if (maker == address(0)) SystemLock.acquire(msg.sender);
        else SystemLock.acquireForFill(maker, marketId);
        return _accountState(marketId, account, price, _accrueAt(_market(marketId), price));
    }

    /// @inheritdoc IVault
    function openHook(address maker) external onlyExchange {
        SystemLock.acquire(maker);
    }

    /// @inheritdoc IVault
    function settlePenalty(
        uint256 marketId,
        address account,
        address liquidator,
        Quote accountDelta,
        Quote liquidatorDelta
    ) external onlyExchange {
        _positions[marketId][account].addMargin(accountDelta);
        _positions[marketId][liquidator].addMargin(liquidatorDelta);
        int256 toInsurance = -(accountDelta + liquidatorDelta).unwrap();
        PackedLedger storage ledger = _market(marketId);
        int256 insurance = ledger.insurance;
        // A reward must not create bad debt.
        if (toInsurance < 0 && insurance < -toInsurance) {
            revert InsufficientInsurance(Cast.toUint(-toInsurance), insurance);
        }
        if (toInsurance != 0) _addInsurance(ledger, toInsurance);
        emit PenaltySettled(marketId, account, liquidator, accountDelta.unwrap(), liquidatorDelta.unwrap());
    }

    /// @inheritdoc IVault
    function coverShortfall(uint256 marketId, address account) external onlyExchange returns (int256 insurance) {
        PackedPosition storage stored = _positions[marketId][account];
        Position memory position = stored.load();
        if (!position.size.isZero() || !position.margin.isNegative()) {
            revert NoShortfall(account, position.size.unwrap(), position.margin.unwrap());
        }
        stored.addMargin(-position.margin);
        PackedLedger storage ledger = _market(marketId);
        _addInsurance(ledger, position.margin.unwrap());
        insurance = ledger.insurance;
        emit ShortfallCovered(marketId, account, (-position.margin).positivePart(), insurance);
    }

    /// @inheritdoc IVault
    function accountState(uint256 marketId, address account, Price price) external view returns (AccountState memory) {
        return _accountState(marketId, account, price, _feesNow(_market(marketId)));
    }

    // -------------------------------------------------------------------------------------------------- internal ----

    /// @dev Reverts with `MakerCannotBeMatched` for a registered maker: a maker trades by its own quotes only.
    function _sizeOfTaker(uint256 marketId, address account) private view returns (Base) {
        Position memory position = _positions[marketId][account].load();
        if (position.isMaker) revert MakerCannotBeMatched(account);
        return position.size;
    }

    /// @dev Settles one side of a fill: charges its fees, applies the fill, records size and value before and after.
    function _settleSide(
        FillSide memory side,
        FillTerms calldata terms,
        FeeState memory fees,
        uint256 indexDecimals,
        bool isTaker
    ) private returns (MarginChange memory change) {
        address account = isTaker ? terms.taker : terms.maker;
        PackedPosition storage stored = _positions[terms.marketId][account];
        Position memory position = stored.load();
        (Quote funding, Quote borrowing) = FeeMath.pending(position, fees, indexDecimals);
        position.margin = position.margin - funding - borrowing;
        (change.funding, change.borrowing) = (funding.unwrap(), borrowing.unwrap());
        side.sizeBefore = position.size;
        side.valueBefore = position.value(terms.price);

        change.realizedPnl = (isTaker
                ? position.applyFill(terms.base, terms.quote)
                : position.applyFill(-terms.base, -terms.quote))
        .unwrap();
        if (isTaker && terms.tradingFee != 0) {
            position.margin = position.margin - QuoteLib.toQuote(terms.tradingFee);
        }
        side.sizeAfter = position.size;
        side.valueAfter = position.value(terms.price);

        int256 size = position.size.unwrap();
        fees.move(position.isMaker, side.sizeBefore.unwrap(), size);
        // A flat taker has no fill that a price could be older than, and its word is zero again. LPs of a flat maker are paid
        // by the price of its last fill (T56).
        position.lastFillAt = size == 0 && !position.isMaker ? 0 : Math.max(position.lastFillAt, terms.publishTime);
        position.fundingIndex = fees.fundingIndex;
        position.borrowingIndex = fees.borrowingIndex(position.isMaker, size);
        stored.store(position);
    }

    /// @dev A maker that drew must end with a margin of at least zero, or with a realised profit that covers the draw:
    /// a maker whose margin is negative because of fees can still close its position (H3).
    function _checkDrawn(uint256 marketId, address maker, int256 realizedPnl) private {
        uint256 drawn = _drawn;
        _drawn = 0;
        Quote margin = _positions[marketId][maker].load().margin;
        if (margin.isNegative() && realizedPnl < drawn.toInt256()) revert DrawnBelowZero(margin.unwrap());
    }

    function _accountState(uint256 marketId, address account, Price price, FeeState memory fees)
        private
        view
        returns (AccountState memory state)
    {
        PackedLedger storage ledger = _markets[marketId];
        Position memory position = _positions[marketId][account].load();
        position.margin = position.margin - _pending(ledger, position, fees);
        (state.size, state.openNotional, state.margin) = (position.size, position.openNotional, position.margin);
        (state.isMaker, state.lastFillAt) = (position.isMaker, position.lastFillAt);
        state.value = position.value(price);
        (state.initialMarginRatio, state.maintenanceMarginRatio) = ledger.marginRatios();
        state.insurance = ledger.insurance;
    }
}
