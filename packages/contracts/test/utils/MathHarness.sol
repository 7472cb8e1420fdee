// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {AccountState, FillSide} from "../../src/interfaces/IVault.sol";
import {FeeMath} from "../../src/libraries/FeeMath.sol";
import {HedgeMarginMath} from "../../src/libraries/HedgeMarginMath.sol";
import {HedgeMath} from "../../src/libraries/HedgeMath.sol";
import {LiabilityMath} from "../../src/libraries/LiabilityMath.sol";
import {LiquidationMath} from "../../src/libraries/LiquidationMath.sol";
import {LiquidationPrice} from "../../src/libraries/LiquidationPrice.sol";
import {MarginMath} from "../../src/libraries/MarginMath.sol";
import {ShareMath} from "../../src/libraries/ShareMath.sol";
import {FeeRates, FeeState} from "../../src/types/Fees.sol";
import {MarketRules} from "../../src/types/Market.sol";
import {Position} from "../../src/types/Position.sol";
import {Base, Price, PriceLib, Quote} from "../../src/types/Units.sol";
import {CurveHarness} from "./CurveHarness.sol";

interface IUniswapV3PoolUnderTest {
    function slot0() external view returns (uint160 sqrtPriceX96, int24 tick, uint16, uint16, uint16, uint32, bool);
    function liquidity() external view returns (uint128);
    function swap(address recipient, bool zeroForOne, int256 amount, uint160 limit, bytes calldata data)
        external
        returns (int256, int256);
}

/// @dev External functions for the libraries of maths, for the SDK's differential test on a local chain. Every function takes
/// words and returns words, so that {batch} evaluates thousands of cases in one call.
contract MathHarness is CurveHarness {
    /// @dev The state of a pool in the callback of a swap, which the swap reverts with.
    error Swapped(uint256 amountIn, uint256 amountOut, uint256 sqrtPriceX96, int256 tick, uint256 liquidity);

    /// @dev Calls a function of this contract once for each group of words.
    /// @param words of the arguments of one case
    /// @param results words of one result
    /// @return answers one per case: a word that is one for a success, and the words of the result; after a failure zeros
    function batch(bytes4 selector, uint256 words, uint256 results, bytes calldata arguments)
        external
        returns (bytes memory answers)
    {
        uint256 size = words * 32;
        uint256 count = arguments.length / size;
        answers = new bytes(count * (results + 1) * 32);
        for (uint256 i = 0; i < count; ++i) {
            (bool isSuccess, bytes memory data) =
                address(this).call(bytes.concat(selector, arguments[i * size:(i + 1) * size]));
            if (!isSuccess) continue;
            require(data.length == results * 32, "wrong number of results");
            assembly ("memory-safe") {
                let target := add(add(answers, 0x20), mul(i, mul(add(results, 1), 0x20)))
                mstore(target, 1)
                mcopy(add(target, 0x20), add(data, 0x20), mload(data))
            }
        }
    }

    // ------------------------------------------------------------------------------------------------- amounts ----

    function valueFloor(Base size, uint256 price) external pure returns (Quote) {
        return size.valueFloor(_p(price));
    }

    function notionalCeil(Base size, uint256 price) external pure returns (uint256) {
        return size.notionalCeil(_p(price));
    }

    function notionalFloor(Base size, uint256 price) external pure returns (uint256) {
        return size.notionalFloor(_p(price));
    }

    function isReducedBy(Base size, Base fill) external pure returns (bool) {
        return size.isReducedBy(fill);
    }

    // ------------------------------------------------------------------------------------------------ position ----

    function applyFill(Position memory position, Base base, Quote quote)
        external
        pure
        returns (Position memory, Quote realizedPnl)
    {
        realizedPnl = position.applyFill(base, quote);
        return (position, realizedPnl);
    }

    function positionValue(Position memory position, uint256 price) external pure returns (Quote) {
        return position.value(_p(price));
    }

    // ---------------------------------------------------------------------------------------------------- fees ----

    function advance(FeeState memory state, FeeRates memory rates, uint256 timestamp)
        external
        pure
        returns (FeeState memory)
    {
        FeeMath.advance(state, rates, timestamp);
        return state;
    }

    function pending(Position memory position, FeeState memory state, uint256 indexDecimals)
        external
        pure
        returns (Quote, Quote)
    {
        return FeeMath.pending(position, state, indexDecimals);
    }

    function feeRates(FeeState memory state, FeeRates memory rates) external pure returns (int256, int256, uint256) {
        return
            (
                FeeMath.fundingRate(state, rates),
                FeeMath.fundingVelocity(state, rates),
                FeeMath.borrowingRate(state, rates)
            );
    }

    function move(FeeState memory state, bool isMaker, int256 before, int256 after_)
        external
        pure
        returns (FeeState memory)
    {
        state.move(isMaker, before, after_);
        return state;
    }

    // -------------------------------------------------------------------------------------------------- margin ----

    function requirementCeil(uint256 notional, uint256 ratio) external pure returns (uint256) {
        return MarginMath.requirementCeil(notional, ratio);
    }

    function isBelow(Quote value, uint256 required) external pure returns (bool) {
        return MarginMath.isBelow(value, required);
    }

    function checkMargin(FillSide memory side, uint256 price, uint256 initialRatio, uint256 maintenanceRatio)
        external
        view
        returns (bool isInitial, bool isMaintenance, uint256 required)
    {
        try this.checkMarginOrRevert(side, price, initialRatio, maintenanceRatio) {}
        catch (bytes memory reason) {
            isInitial = bytes4(reason) == MarginMath.InsufficientInitialMargin.selector;
            isMaintenance = bytes4(reason) == MarginMath.InsufficientMaintenanceMargin.selector;
            if (!isInitial && !isMaintenance) revert();
            assembly ("memory-safe") {
                // After the length, the selector, the account and the value.
                required := mload(add(reason, 0x64))
            }
        }
    }

    function checkMarginOrRevert(FillSide memory side, uint256 price, uint256 initialRatio, uint256 maintenanceRatio)
        external
        pure
    {
        MarginMath.check(side, address(0), _p(price), initialRatio, maintenanceRatio);
    }

    // --------------------------------------------------------------------------------------------- liquidation ----

    function liquidationPrice(Base size, Quote equity, uint256 ratio) external pure returns (uint256) {
        return LiquidationPrice.calculate(size, equity, ratio);
    }

    /// @dev The amounts of a liquidation that need no rules but the ratio.
    function liquidation(AccountState memory account, uint256 price, uint256 wanted, uint256 minValue)
        external
        pure
        returns (uint256 requirement, uint256 closable, uint256 base, Quote quote, Quote bankruptcy, uint256 profit)
    {
        requirement = LiquidationMath.requirementCeil(account, _p(price));
        closable = LiquidationMath.closableUp(account, requirement);
        base = LiquidationMath.toClose(account, _p(price), wanted, closable, minValue);
        quote = LiquidationMath.quoteAtOracle(account, _p(price), wanted);
        bankruptcy = LiquidationMath.bankruptcyQuote(account);
        profit = LiquidationMath.profitDown(account);
    }

    function penaltyDown(
        AccountState memory account,
        uint24 liquidationPenalty,
        uint24 liquidatorShare,
        uint24 tradingFee,
        uint256 bounty,
        uint256 price,
        uint256 base
    ) external pure returns (uint256, uint256, uint256 bountyDown, uint256 rewardDown) {
        MarketRules memory rules;
        (rules.liquidationPenalty, rules.liquidatorShare) = (liquidationPenalty, liquidatorShare);
        rules.tradingFee = tradingFee;
        LiquidationMath.Penalty memory result = LiquidationMath.penaltyDown(account, rules, bounty, _p(price), base);
        bountyDown = LiquidationMath.bountyDown(rules, bounty, _p(price), base);
        rewardDown = LiquidationMath.rewardDown(Base.wrap(int256(base)), rules, bounty, _p(price));
        return (result.penalty, result.reward, bountyDown, rewardDown);
    }

    function payments(AccountState memory account, uint256 price, uint256 amount, Base base, Quote quote)
        external
        pure
        returns (bool canPay, bool canDeleverage)
    {
        canPay = LiquidationMath.canPay(account, _p(price), amount);
        canDeleverage = LiquidationMath.canDeleverage(account, _p(price), base, quote);
    }

    // ------------------------------------------------------------------------------------- shares and liability ----

    function toShares(uint256 amount, uint256 totalAssets, uint256 totalShares)
        external
        pure
        returns (uint256, uint256, uint256)
    {
        return (
            ShareMath.toSharesDown(amount, totalAssets, totalShares),
            ShareMath.toAssetsDown(amount, totalAssets, totalShares),
            ShareMath.toKindDown(amount, totalAssets, totalShares)
        );
    }

    function toPayoutDown(uint256 amount, uint256 totalAssets, uint256 totalShares) external pure returns (uint256) {
        return ShareMath.toPayoutDown(amount, totalAssets, totalShares);
    }

    function toSharesWithinDown(uint256 amount, uint256 payout, uint256 limit) external pure returns (uint256) {
        return ShareMath.toSharesWithinDown(amount, payout, limit);
    }

    function utilRatioUp(uint256 balance, uint256 liability) external pure returns (uint256) {
        return LiabilityMath.utilRatioUp(balance, liability);
    }

    function afterWithdrawalUp(uint256 liability, uint256 burned, uint256 totalShares) external pure returns (uint256) {
        return LiabilityMath.afterWithdrawalUp(liability, burned, totalShares);
    }

    // --------------------------------------------------------------------------------------------------- hedge ----

    function hedgeUnits(uint256 smaller, uint256 larger, Base sizeBefore, Base sizeAfter, uint256 scale)
        external
        pure
        returns (uint256, int256)
    {
        return (HedgeMath.unitsBetween(smaller, larger, scale), HedgeMath.unitsToFollow(sizeBefore, sizeAfter, scale));
    }

    function gainFloor(Base base, uint256 quote, uint256 price) external pure returns (Quote) {
        return HedgeMath.gainFloor(base, quote, _p(price));
    }

    function spreads(uint256 quote, uint256 spread) external pure returns (uint256, uint256, uint256, uint256) {
        return (
            HedgeMath.lessSpreadDown(quote, spread),
            HedgeMath.plusSpreadUp(quote, spread),
            HedgeMath.grossUp(quote, spread),
            HedgeMath.netDown(quote, spread)
        );
    }

    function isNear(
        uint256 base,
        uint256 quote,
        uint256 price,
        uint256 maxDeviation,
        uint256 baseUnit,
        uint256 quoteUnit
    ) external pure returns (bool, bool) {
        return (
            HedgeMath.isNear(base, quote, _p(price), maxDeviation),
            HedgeMath.isNear(base, quote, _p(price), maxDeviation, baseUnit, quoteUnit)
        );
    }

    function worse(bool isBaseToQuote, uint256 base, uint256 quote, uint256 price, uint256 baseScale)
        external
        pure
        returns (uint256, uint256)
    {
        return (
            HedgeMath.worseQuote(isBaseToQuote, base, quote, _p(price)),
            HedgeMath.worseBase(isBaseToQuote, base, quote, _p(price), baseScale)
        );
    }

    // -------------------------------------------------------------------------------------------- hedge margin ----

    function hedgeMargin(Quote funds, uint256 notional, uint256 ratio, uint256 price, uint256 unitScale)
        external
        pure
        returns (int256 lacking, uint256 toAdd, uint256 toClose)
    {
        lacking = HedgeMarginMath.lacking(funds, notional, ratio);
        toAdd = HedgeMarginMath.toAddUp(lacking, unitScale);
        toClose = HedgeMarginMath.toCloseUp(funds, notional, ratio, _p(price), unitScale);
    }

    function availableDown(uint256 base, uint256 held, uint256 neededBefore, uint256 neededAfter)
        external
        pure
        returns (uint256)
    {
        return HedgeMarginMath.availableDown(base, held, neededBefore, neededAfter);
    }

    function capacityDown(uint256 liability, uint256 price, uint256 targetMarginRatio, uint256 reserveRatio)
        external
        pure
        returns (uint256)
    {
        return HedgeMarginMath.capacityDown(liability, _p(price), targetMarginRatio, reserveRatio);
    }

    // ---------------------------------------------------------------------------------------------- Uniswap v3 ----

    /// @dev A swap of a pool that is undone.
    function quoteSwap(address pool, bool zeroForOne, int256 amount, uint160 limit)
        external
        returns (uint256 amountIn, uint256 amountOut, uint256 sqrtPriceX96, int256 tick, uint256 liquidity)
    {
        try IUniswapV3PoolUnderTest(pool).swap(address(this), zeroForOne, amount, limit, "") {
            revert();
        } catch (bytes memory reason) {
            if (bytes4(reason) != Swapped.selector) revert();
            assembly ("memory-safe") {
                amountIn := mload(add(reason, 0x24))
                amountOut := mload(add(reason, 0x44))
                sqrtPriceX96 := mload(add(reason, 0x64))
                tick := mload(add(reason, 0x84))
                liquidity := mload(add(reason, 0xa4))
            }
        }
    }

    /// @dev The pool has stored its new state and paid the output.
    function uniswapV3SwapCallback(int256 amount0, int256 amount1, bytes calldata) external view {
        (uint160 sqrtPriceX96, int24 tick,,,,,) = IUniswapV3PoolUnderTest(msg.sender).slot0();
        (int256 paid, int256 received) = amount0 > 0 ? (amount0, -amount1) : (amount1, -amount0);
        revert Swapped(
            uint256(paid), uint256(received), sqrtPriceX96, tick, IUniswapV3PoolUnderTest(msg.sender).liquidity()
        );
    }

    function _p(uint256 price) private pure returns (Price) {
        return PriceLib.toPrice(price);
    }
}
