// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IClearingHouse} from "../interfaces/IClearingHouse.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {IVault} from "../interfaces/IVault.sol";
import {FeeMath} from "../libraries/FeeMath.sol";
import {LiquidationPrice} from "../libraries/LiquidationPrice.sol";
import {MarginMath} from "../libraries/MarginMath.sol";
import {Cast} from "../types/Cast.sol";
import {FeeState} from "../types/Fees.sol";
import {GRACE_PERIOD, MarketLedger, MarketLedgerLib, MarketStatus} from "../types/Market.sol";
import {Position} from "../types/Position.sol";
import {Price, Quote, SIGNED_WAD, floorDiv} from "../types/Units.sol";
import {AccountView} from "./LensTypes.sol";

/// @title The lens's view of an account in a market
abstract contract AccountLens {
    IClearingHouse public immutable clearingHouse;
    IVault public immutable vault;
    IPriceOracle public immutable oracle;

    constructor(IClearingHouse clearingHouse_) {
        (clearingHouse, vault, oracle) = (clearingHouse_, clearingHouse_.vault(), clearingHouse_.oracle());
    }

    function _account(uint256 marketId, address account) internal view returns (AccountView memory result) {
        Position memory position = vault.positionOf(marketId, account);
        result.marketId = marketId;
        result.status = clearingHouse.statusOf(marketId);
        result.isMaker = position.isMaker;
        (result.lastFillAt, result.closes) = (position.lastFillAt, position.closes);
        (result.size, result.openNotional, result.margin) =
        (position.size.unwrap(), position.openNotional.unwrap(), position.margin.unwrap());
        (result.pendingFunding, result.pendingBorrowing) = _pendingFees(marketId, position);
        // Stays zero without a price, in a frozen market and while the system is locked: no withdrawal is possible
        // then.
        try vault.withdrawableMarginOf(marketId, account) returns (uint256 amountXCD) {
            result.freeMarginXCD = amountXCD;
        } catch {}

        position.margin = position.margin - Quote.wrap(result.pendingFunding + result.pendingBorrowing);
        if (position.size.isZero()) result.accountValue = position.margin.unwrap();
        else _addExposure(result, position);
    }

    function _ledger(uint256 marketId) internal view returns (MarketLedger memory) {
        return MarketLedgerLib.unpack(vault.marketWordsOf(marketId));
    }

    function _pendingFees(uint256 marketId, Position memory position)
        internal
        view
        returns (int256 funding, int256 borrowing)
    {
        MarketLedger memory ledger = _ledger(marketId);
        FeeState memory fees = FeeMath.stateNow(ledger, FeeMath.ratesOf(ledger));
        (Quote f, Quote b) = FeeMath.pending(position, fees, ledger.feeIndexDecimals);
        return (f.unwrap(), b.unwrap());
    }

    /// @param position with its pending fees deducted
    function _addExposure(AccountView memory result, Position memory position) private view {
        (uint256 initial, uint256 maintenance,,) = vault.marginRatiosOf(result.marketId);
        result.liquidationPrice =
            LiquidationPrice.calculate(position.size, position.margin + position.openNotional, maintenance);
        result.isLiquidatable = _isLiquidatable(result, position, maintenance);

        // Account values do not use the confidence.
        try oracle.getPrice(result.marketId) returns (Price price, uint256, uint256) {
            result.price = price.unwrap();
            result.accountValue = position.value(price).unwrap();
            uint256 notional = position.size.notionalCeil(price);
            // The Vault stores only positions whose notional is below 2^128.
            result.marginRatio = floorDiv(result.accountValue * SIGNED_WAD, Cast.toInt(notional));
            result.initialRequirement = MarginMath.requirementCeil(notional, initial);
            result.maintenanceRequirement = MarginMath.requirementCeil(notional, maintenance);
        } catch (bytes memory reason) {
            result.priceError = reason;
        }
    }

    function _isLiquidatable(AccountView memory result, Position memory position, uint256 maintenance)
        private
        view
        returns (bool)
    {
        if (result.status != MarketStatus.Active && result.status != MarketStatus.ReduceOnly) return false;
        if (block.timestamp < clearingHouse.rulesOf(result.marketId).resumedAt + GRACE_PERIOD) return false;
        try oracle.getLiquidationPrice(result.marketId) returns (Price price, uint256 publishTime) {
            if (publishTime < position.lastFillAt) return false;
            uint256 requirement = MarginMath.requirementCeil(position.size.notionalCeil(price), maintenance);
            return MarginMath.isBelow(position.value(price), requirement);
        } catch {
            return false;
        }
    }
}
