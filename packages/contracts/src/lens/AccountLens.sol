// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IClearingHouse} from "../interfaces/IClearingHouse.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {IVault} from "../interfaces/IVault.sol";
import {LiquidationPrice} from "../libraries/LiquidationPrice.sol";
import {MarginMath} from "../libraries/MarginMath.sol";
import {Cast} from "../types/Cast.sol";
import {MarketStatus} from "../types/Market.sol";
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
        (result.pendingFunding, result.pendingBorrowing) = vault.pendingFeesOf(marketId, account);
        // Stays zero without a price, in a frozen market and while the system is locked: no withdrawal is possible
        // then.
        try vault.freeMarginOf(marketId, account) returns (uint256 amountXCD) {
            result.freeMarginXCD = amountXCD;
        } catch {}

        position.margin = position.margin - Quote.wrap(result.pendingFunding + result.pendingBorrowing);
        if (position.size.isZero()) result.accountValue = position.margin.unwrap();
        else _addExposure(result, position);
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
        try oracle.getLiquidationPrice(result.marketId) returns (Price price, uint256 publishTime) {
            if (publishTime < position.lastFillAt) return false;
            uint256 requirement = MarginMath.requirementCeil(position.size.notionalCeil(price), maintenance);
            return MarginMath.isBelow(position.value(price), requirement);
        } catch {
            return false;
        }
    }
}
